#include "base/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/base64.cpp"
#include <hwy/foreach_target.h>
// foreach_target includes this file again, so highway.h must come after it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mbe::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Characters of the values 0 … 63.
template <class D, class V>
HWY_ATTR V digits(D d, V value) {
  V out = hn::Add(value, hn::Set(d, std::uint8_t{'A'}));
  out = hn::IfThenElse(hn::Gt(value, hn::Set(d, std::uint8_t{25})),
                       hn::Add(value, hn::Set(d, std::uint8_t{'a' - 26})), out);
  out = hn::IfThenElse(hn::Gt(value, hn::Set(d, std::uint8_t{51})),
                       hn::Sub(value, hn::Set(d, std::uint8_t{52 - '0'})), out);
  out = hn::IfThenElse(hn::Eq(value, hn::Set(d, std::uint8_t{62})), hn::Set(d, std::uint8_t{'+'}),
                       out);
  return hn::IfThenElse(hn::Eq(value, hn::Set(d, std::uint8_t{63})), hn::Set(d, std::uint8_t{'/'}),
                        out);
}

/// Values of the characters; 255 where one is no digit.
template <class D, class V>
HWY_ATTR V values(D d, V digit) {
  const V upper = hn::Sub(digit, hn::Set(d, std::uint8_t{'A'}));
  const V lower = hn::Sub(digit, hn::Set(d, std::uint8_t{'a'}));
  const V number = hn::Sub(digit, hn::Set(d, std::uint8_t{'0'}));
  V out = hn::Set(d, std::uint8_t{255});
  out = hn::IfThenElse(hn::Lt(upper, hn::Set(d, std::uint8_t{26})), upper, out);
  out = hn::IfThenElse(hn::Lt(lower, hn::Set(d, std::uint8_t{26})),
                       hn::Add(lower, hn::Set(d, std::uint8_t{26})), out);
  out = hn::IfThenElse(hn::Lt(number, hn::Set(d, std::uint8_t{10})),
                       hn::Add(number, hn::Set(d, std::uint8_t{52})), out);
  out = hn::IfThenElse(hn::Eq(digit, hn::Set(d, std::uint8_t{'+'})), hn::Set(d, std::uint8_t{62}),
                       out);
  return hn::IfThenElse(hn::Eq(digit, hn::Set(d, std::uint8_t{'/'})), hn::Set(d, std::uint8_t{63}),
                        out);
}

/// Groups of three bytes to four characters; returns how many groups, the rest is left.
HWY_ATTR std::size_t encode(const std::uint8_t* bytes, std::size_t groups, std::uint8_t* out) {
  const hn::CappedTag<std::uint8_t, 64> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t done = 0;
  for (; done + lanes <= groups; done += lanes) {
    auto first = hn::Zero(d);
    auto second = first;
    auto third = first;
    hn::LoadInterleaved3(d, bytes + 3 * done, first, second, third);
    const auto low = hn::And(hn::ShiftLeft<4>(first), hn::Set(d, std::uint8_t{0x30}));
    const auto middle = hn::And(hn::ShiftLeft<2>(second), hn::Set(d, std::uint8_t{0x3c}));
    hn::StoreInterleaved4(
        digits(d, hn::ShiftRight<2>(first)), digits(d, hn::Or(low, hn::ShiftRight<4>(second))),
        digits(d, hn::Or(middle, hn::ShiftRight<6>(third))),
        digits(d, hn::And(third, hn::Set(d, std::uint8_t{0x3f}))), d, out + 4 * done);
  }
  return done;
}

/// Groups of four characters to three bytes; returns how many groups, the rest is left. `bad`: has
/// its highest bit set if a character was no digit.
HWY_ATTR std::size_t decode(const std::uint8_t* text, std::size_t groups, std::uint8_t* out,
                            unsigned& bad) {
  const hn::CappedTag<std::uint8_t, 64> d;
  const std::size_t lanes = hn::Lanes(d);
  auto all = hn::Zero(d);
  std::size_t done = 0;
  for (; done + lanes <= groups; done += lanes) {
    auto a = hn::Zero(d);
    auto b = a;
    auto c = a;
    auto e = a;
    hn::LoadInterleaved4(d, text + 4 * done, a, b, c, e);
    a = values(d, a);
    b = values(d, b);
    c = values(d, c);
    e = values(d, e);
    all = hn::Or(all, hn::Or(hn::Or(a, b), hn::Or(c, e)));
    hn::StoreInterleaved3(hn::Or(hn::ShiftLeft<2>(a), hn::ShiftRight<4>(b)),
                          hn::Or(hn::ShiftLeft<4>(b), hn::ShiftRight<2>(c)),
                          hn::Or(hn::ShiftLeft<6>(c), e), d, out + 3 * done);
  }
  const bool any = !hn::AllFalse(d, hn::Gt(all, hn::Set(d, std::uint8_t{63})));
  bad |= any ? 0x80U : 0U;
  return done;
}

}  // namespace mbe::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mbe {

HWY_EXPORT(encode);
HWY_EXPORT(decode);

namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> make_base64_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(255);
  for (std::size_t i = 0; i < base64_digits.size(); ++i) {
    values[static_cast<std::uint8_t>(base64_digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto base64_values = make_base64_values();

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  const std::size_t whole = HWY_DYNAMIC_DISPATCH(encode)(
      bytes_of(bytes), bytes.size() / 3, reinterpret_cast<std::uint8_t*>(out.data()));
  std::size_t at = 4 * whole;
  for (std::size_t i = 3 * whole; i < bytes.size(); i += 3) {
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
  // The last group may be padded.
  const std::size_t whole = HWY_DYNAMIC_DISPATCH(decode)(
      bytes_of(text), text.size() / 4 - 1, reinterpret_cast<std::uint8_t*>(out.data()), bad);
  char* at = out.data() + 3 * whole;
  const auto take = [&](const char* four) {
    unsigned values[4];
    for (std::size_t i = 0; i < 4; ++i) {
      values[i] = base64_values[static_cast<unsigned char>(four[i])];
      bad |= values[i];  // 0x80 and above where it is no digit
    }
    group = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3];
    *at++ = static_cast<char>(group >> 16);
    *at++ = static_cast<char>(group >> 8 & 255);
    *at++ = static_cast<char>(group & 255);
  };
  for (std::size_t i = 4 * whole; i + 4 < text.size(); i += 4) take(text.data() + i);
  char last[4] = {'A', 'A', 'A', 'A'};
  text.substr(text.size() - 4, 4 - padding).copy(last, 4);
  take(last);
  // Bits behind the last byte must be zero: otherwise two texts would mean the same bytes.
  const unsigned spare = padding == 2 ? 0xffffU : padding == 1 ? 0xffU : 0U;
  if ((bad & 0x80U) != 0 || (group & spare) != 0) return std::nullopt;
  out.erase(out.size() - padding);
  return out;
}

}  // namespace mbe
#endif  // HWY_ONCE
