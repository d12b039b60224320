#include "base/bytes.h"

namespace mbe {

std::string_view view(const Bytes32& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = digits[byte >> 4];
    out[2 * i + 1] = digits[byte & 15];
  }
  return out;
}

namespace {

constexpr std::array<signed char, 256> make_hex_values() {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i)
    values[static_cast<std::size_t>('0' + i)] = static_cast<signed char>(i);
  for (int i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a' + i)] = static_cast<signed char>(10 + i);
  }
  return values;
}
constexpr auto hex_values = make_hex_values();

int hex_value(char c) {
  return hex_values[static_cast<unsigned char>(c)];
}

}  // namespace

std::optional<Bytes32> bytes32_from_hex(std::string_view hex) {
  Bytes32 out{};
  if (hex.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return out;
}

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<signed char, 256> make_base64_values() {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < base64_digits.size(); ++i) {
    values[static_cast<unsigned char>(base64_digits[i])] = static_cast<signed char>(i);
  }
  return values;
}
constexpr auto base64_values = make_base64_values();

}  // namespace

// By table: what passes here is public or already in clear, and every block of the log passes here.
std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const auto byte = [&](std::size_t n) -> unsigned {
      return n < left ? static_cast<unsigned char>(bytes[i + n]) : 0U;
    };
    const unsigned group = byte(0) << 16 | byte(1) << 8 | byte(2);
    out[at++] = base64_digits[group >> 18];
    out[at++] = base64_digits[group >> 12 & 63];
    if (left > 1) out[at] = base64_digits[group >> 6 & 63];
    ++at;
    if (left > 2) out[at] = base64_digits[group & 63];
    ++at;
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::string();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string out(text.size() / 4 * 3, '\0');
  unsigned bad = 0;
  unsigned group = 0;
  char* at = out.data();
  const auto take = [&](const char* four) {
    unsigned values[4];
    for (std::size_t i = 0; i < 4; ++i) {
      values[i] = static_cast<unsigned>(base64_values[static_cast<unsigned char>(four[i])]);
      bad |= values[i];  // 0x80 and above where it is no digit
    }
    group = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3];
    *at++ = static_cast<char>(group >> 16);
    *at++ = static_cast<char>(group >> 8 & 255);
    *at++ = static_cast<char>(group & 255);
  };
  for (std::size_t i = 0; i + 4 < text.size(); i += 4) take(text.data() + i);
  char last[4] = {'A', 'A', 'A', 'A'};
  text.substr(text.size() - 4, 4 - padding).copy(last, 4);
  take(last);
  // Bits behind the last byte must be zero: otherwise two texts would mean the same bytes.
  const unsigned spare = padding == 2 ? 0xffffU : padding == 1 ? 0xffU : 0U;
  if ((bad & 0x80U) != 0 || (group & spare) != 0) return std::nullopt;
  out.resize(out.size() - padding);
  return out;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8 | static_cast<unsigned char>(c)) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) out += digits[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) out += digits[buffer << (5 - bits) & 31];
  return out;
}

}  // namespace mbe
