// Any bytes: analysis never crashes, and what it returns keeps its promises (keywords_max, one
// polarity first, 0 <= importance <= 1, sorted terms). Needs the dictionary and data/lexicon
// where base/resources.h looks.
#include <cstdint>
#include <cstdlib>

#include "analyse/analyser.h"
#include "base/resources.h"

namespace {

const mbe::Analyser& analyser() {
  static const mbe::Analyser opened = [] {
    const auto dictionary = mbe::find_resource(mbe::korean_dictionary_resource);
    const auto lexicon = mbe::find_resource("lexicon");
    if (!dictionary.ok() || !lexicon.ok()) std::abort();
    auto result = mbe::Analyser::open({*dictionary, *lexicon});
    if (!result.ok()) std::abort();
    return std::move(*result);
  }();
  return opened;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto analysis = analyser().analyse(text, 1'795'348'800'000, 540);
  require(analysis.keywords.size() <= mbe::keywords_max);
  require(!analysis.tags.empty());
  require(analysis.importance >= 0.0F && analysis.importance <= 1.0F);
  for (std::size_t i = 1; i < analysis.terms.size(); ++i) {
    const auto& a = analysis.terms[i - 1];
    const auto& b = analysis.terms[i];
    require(a.kind < b.kind || (a.kind == b.kind && a.text < b.text));
  }
  for (const auto& date : analysis.dates) require(date.from_ms <= date.until_ms);
  return 0;
}
