#include "creation/creation_korean.h"

#include <algorithm>

#include "creation/creation_korean_site.h"

namespace mbe::creation {
namespace {

using korean::Reader;
using korean::Site;

/// The verb's site at that morpheme, if a request follows it.
std::optional<Site> site_of(const Reader& reader, const Word& verb, std::size_t unit,
                            std::size_t at) {
  const auto rest = reader.after(at);
  Site site{&verb, unit, at, 0, false};
  if (rest.starts_with(verb.word)) {
    const auto behind = at + verb.word.size();
    for (const auto helper : reader.helpers(behind)) {
      if ((site.end = reader.request_at(helper)) != 0) return site;
    }
    if (reader.handed_over(unit, behind) || reader.goes_on(unit, behind, "주고")) {
      site.end = behind;
      return site;
    }
    site.weak = true;
    if ((site.end = reader.ending(Section::attempt, behind)) != 0) return site;
    if (reader.ends_word(behind) && reader.urged(unit)) {
      site.end = behind;
      return site;
    }
  }
  if (verb.stem.empty() || !rest.starts_with(verb.stem)) return std::nullopt;
  const auto behind = at + verb.stem.size();
  if (verb.stem != "그리" && reader.goes_on(unit, behind, "고")) {
    site.weak = false;
    site.end = behind;
    return site;
  }
  site.weak = true;
  if ((site.end = reader.ending(Section::stem, behind)) != 0) return site;
  if ((site.end = reader.helped(behind)) != 0) return site;
  return std::nullopt;
}

std::optional<Thing> find_verb(const Reader& reader) {
  const auto morphemes = reader.morphemes();
  for (std::size_t u = reader.units().size(); u-- > 0;) {
    const auto& unit = reader.units()[u];
    for (auto i = unit.last; i-- > unit.first;) {
      if (i > unit.first && morphemes[i].begin == morphemes[i - 1].begin) continue;
      const auto at = reader.place(morphemes[i].begin);
      for (const auto& verb : reader.words().all(Section::verb)) {
        const auto site = site_of(reader, verb, u, at);
        if (!site) continue;
        if (auto thing = reader.judge(*site, i)) return thing;
        break;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Thing> find_korean(const Words::Side& words, std::string_view text,
                                 std::span<const analyse::Morpheme> morphemes,
                                 std::optional<Thing>& earlier) {
  const Reader reader(words, text, morphemes, earlier);
  auto thing = find_verb(reader);
  if (!thing) thing = reader.begged();
  for (const auto& unit : reader.units()) {
    if (unit.artefact != nullptr) earlier = korean::thing_of(unit);
  }
  return thing;
}

}  // namespace mbe::creation
