#include "analyse/normal_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/utf8.h>

#include "base/assert.h"
#include "base/utf8.h"

namespace mbe::analyse {
namespace {

/// What ICU need not see, mapped: plain text, or one of a few typographic marks.
std::string_view simple_form(char32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x02BC:
      return "'";
    case 0x201C:
    case 0x201D:
      return "\"";
    case 0x2013:
    case 0x2014:
    case 0x2212:
      return "-";
    case 0x2026:
      return "...";
    case 0x3000:
    case 0x00A0:
      return " ";
    default:
      return {};
  }
}

bool is_plain(char32_t c) {
  return c < 0x80 || is_hangul(c) || is_jamo(c);
}

/// Decodes like U8_NEXT; ill-formed bytes give a negative value and move on.
UChar32 decode(std::string_view text, std::size_t& position) {
  auto at = static_cast<std::int64_t>(position);
  const auto length = static_cast<std::int64_t>(text.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  UChar32 c = 0;
  U8_NEXT(bytes, at, length, c);
  position = static_cast<std::size_t>(at);
  return c;
}

class Builder {
 public:
  explicit Builder(std::string_view text) : text_(text) {
    out_.text.reserve(text.size());
    out_.origin.reserve(text.size() + 1);
  }

  NormalText run() {
    std::size_t position = 0;
    while (position < text_.size()) {
      const auto begin = position;
      const UChar32 c = decode(text_, position);
      if (c < 0) continue;
      const auto point = static_cast<char32_t>(c);
      if (point < 0x80) {
        put_ascii(static_cast<char>(c), begin);
      } else if (is_plain(point)) {
        put(text_.substr(begin, position - begin), begin);
      } else if (const auto form = simple_form(point); !form.empty()) {
        put(form, begin);
      } else {
        position = put_run(begin);
      }
    }
    out_.origin.push_back(static_cast<std::uint32_t>(text_.size()));
    return std::move(out_);
  }

 private:
  void put(std::string_view bytes, std::size_t from) {
    out_.text.append(bytes);
    out_.origin.insert(out_.origin.end(), bytes.size(), static_cast<std::uint32_t>(from));
  }

  void put_ascii(char c, std::size_t from) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') c = ' ';
    if (c == 0x7F) c = ' ';
    out_.text.push_back(c);
    out_.origin.push_back(static_cast<std::uint32_t>(from));
  }

  /// A run of characters that ICU must see, with the one before it, since marks compose backwards.
  std::size_t put_run(std::size_t begin) {
    auto end = begin;
    std::string run;
    auto from = begin;
    if (!out_.text.empty() && out_.text.back() != ' ' && out_.text.back() != '\n') {
      auto last = out_.text.size() - 1;
      while (last > 0 && (static_cast<unsigned char>(out_.text[last]) & 0xC0U) == 0x80U) --last;
      std::size_t probe = last;
      if (!is_jamo(next_code_point(out_.text, probe))) {
        from = out_.origin[last];
        run = out_.text.substr(last);
        out_.text.resize(last);
        out_.origin.resize(last);
      }
    }
    while (end < text_.size()) {
      auto next = end;
      const UChar32 c = decode(text_, next);
      if (c >= 0) {
        const auto point = static_cast<char32_t>(c);
        if (is_plain(point) || !simple_form(point).empty()) break;
        run.append(text_.substr(end, next - end));
      }
      end = next;
    }
    UErrorCode status = U_ZERO_ERROR;
    const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    MBE_ASSERT(U_SUCCESS(status));
    std::string folded;
    icu::StringByteSink<std::string> sink(&folded);
    fold->normalizeUTF8(0, run, sink, nullptr, status);
    MBE_ASSERT(U_SUCCESS(status));
    for (auto& byte : folded) {
      if (static_cast<unsigned char>(byte) < 0x20) byte = ' ';
    }
    put(folded, from);
    return end;
  }

  std::string_view text_;
  NormalText out_;
};

}  // namespace

std::string_view NormalText::verbatim(std::string_view original, std::size_t begin,
                                      std::size_t end) const {
  MBE_ASSERT(begin <= end && end <= text.size());
  return original.substr(origin[begin], origin[end] - origin[begin]);
}

NormalText normalise(std::string_view text) {
  return Builder(text).run();
}

}  // namespace mbe::analyse

namespace mbe {

std::string folded(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : analyse::normalise(text).text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank && gap && !out.empty()) out += ' ';
    if (!blank) out += c;
    gap = blank;
  }
  return out;
}

}  // namespace mbe
