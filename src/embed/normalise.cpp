#include "embed/normalise.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <cstdint>

#include "base/assert.h"
#include "base/utf8.h"

namespace mbe {
namespace {

std::string nfkc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFKCInstance(status);
  MBE_ASSERT(U_SUCCESS(status) != 0);
  std::string out;
  out.reserve(text.size());
  icu::StringByteSink<std::string> sink(&out);
  MBE_ASSERT(text.size() <= INT32_MAX);
  normalizer->normalizeUTF8(0,
                            icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())),
                            sink, nullptr, status);
  MBE_ASSERT(U_SUCCESS(status) != 0);
  return out;
}

bool is_space(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ') return true;
  if (c >= 0x200B && c <= 0x200F) return true;
  return c == 0x1680 || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
}

bool is_dropped(char32_t c) {
  return c < 0x20 || c == 0x7F || c == 0x8F || c == 0x9F;
}

}  // namespace

std::string normalise_for_model(std::string_view text, TextNormal normal) {
  if (normal == TextNormal::none) return std::string(text);
  const std::string composed = nfkc(text);
  std::string out;
  out.reserve(composed.size());
  bool space_due = false;
  for (std::size_t position = 0; position < composed.size();) {
    const auto begin = position;
    const char32_t c = next_code_point(composed, position);
    if (is_space(c)) {
      space_due = !out.empty();
    } else if (!is_dropped(c)) {
      if (space_due) out += ' ';
      space_due = false;
      out.append(composed, begin, position - begin);
    }
  }
  return out;
}

}  // namespace mbe
