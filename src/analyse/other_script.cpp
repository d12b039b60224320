#include "analyse/other_script.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <memory>

#include "base/assert.h"

namespace mbe::analyse {

void read_other(std::string_view text, std::size_t begin, std::size_t end,
                std::vector<Token>& out) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> words(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  MBE_ASSERT(U_SUCCESS(status));
  UText* view =
      utext_openUTF8(nullptr, text.data() + begin, static_cast<std::int64_t>(end - begin), &status);
  MBE_ASSERT(U_SUCCESS(status));
  words->setText(view, status);
  MBE_ASSERT(U_SUCCESS(status));
  std::uint32_t index = 0;
  auto from = words->first();
  for (auto to = words->next(); to != icu::BreakIterator::DONE; from = to, to = words->next()) {
    if (words->getRuleStatus() < UBRK_WORD_NUMBER_LIMIT) continue;  // spaces, marks and numbers
    Token token;
    token.begin = static_cast<std::uint32_t>(begin) + static_cast<std::uint32_t>(from);
    token.end = token.tail_end = static_cast<std::uint32_t>(begin) + static_cast<std::uint32_t>(to);
    token.lemma = text.substr(token.begin, token.end - token.begin);
    token.word_class = WordClass::noun;
    token.word = ++index;
    out.push_back(std::move(token));
  }
  utext_close(view);
}

}  // namespace mbe::analyse
