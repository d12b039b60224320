// Where requests stand: endings, helpers, chains of predicates.
#include "analyse/korean_word.h"
#include "base/utf8.h"
#include "creation/creation_korean_site.h"

namespace mbe::creation::korean {
namespace {

constexpr std::string_view handing = "서";

/// Moves `at` behind the first of the words that stands there; false if none does.
bool skip_one(std::string_view text, std::initializer_list<std::string_view> words,
              std::size_t& at) {
  for (const auto word : words) {
    if (!text.substr(at).starts_with(word)) continue;
    at += word.size();
    return true;
  }
  return false;
}

}  // namespace

Thing thing_of(const Unit& unit) {
  if (unit.artefact != nullptr) return {unit.artefact->word, unit.artefact->kind};
  return {std::string(unit.noun), CreationKind::other};
}

Reader::Reader(const Words::Side& words, std::string_view text,
               std::span<const analyse::Morpheme> morphemes, const std::optional<Thing>& earlier)
    : words_(words),
      text_(text),
      morphemes_(morphemes),
      earlier_(earlier),
      compact_(compact(text)),
      units_(cut_units(text, morphemes, words)) {}

std::string_view Reader::after(std::size_t at) const {
  return std::string_view(compact_.text).substr(std::min(at, compact_.text.size()));
}

std::string_view Reader::surface(const Unit& unit) const {
  return text_.substr(unit.begin, unit.end - unit.begin);
}

bool Reader::is(Section section, const Unit& unit) const {
  return words_.has(section, unit.noun) || words_.has(section, surface(unit));
}

std::size_t Reader::ending(Section section, std::size_t at) const {
  const auto rest = after(at);
  for (const auto& word : words_.all(section)) {
    if (!rest.starts_with(word.word)) continue;
    const auto end = at + word.word.size();
    if (ends_word(end)) return end;
  }
  return 0;
}

std::size_t Reader::request_at(std::size_t at) const {
  if (const auto end = ending(Section::give, at); end != 0) return end;
  constexpr std::string_view reports[] = {"다고", "다는", "다며", "다던", "냐고", "대", "단"};
  const auto rest = after(at);
  for (const auto& word : words_.all(Section::give_open)) {
    if (!rest.starts_with(word.word)) continue;
    const auto end = at + word.word.size();
    const auto tail = after(end);
    for (const auto report : reports) {
      if (tail.starts_with(report)) return 0;
    }
    return end;
  }
  return 0;
}

std::vector<std::size_t> Reader::helpers(std::size_t at) const {
  std::vector<std::size_t> places{at};
  constexpr std::string_view adverbs[] = {"좀", "하나", "한번"};
  const auto rest = after(at);
  for (const auto adverb : adverbs) {
    if (rest.starts_with(adverb)) places.push_back(at + adverb.size());
  }
  for (const auto& helper : words_.all(Section::helper)) {
    if (rest.starts_with(helper.word)) places.push_back(at + helper.word.size());
  }
  return places;
}

bool Reader::handed_over(std::size_t unit, std::size_t at) const {
  if (!after(at).starts_with(handing)) return false;
  const auto takes = [&](std::size_t from) {
    if (request_at(from) != 0) return true;
    for (const auto& transfer : words_.all(Section::transfer)) {
      if (after(from).starts_with(transfer.word) && request_at(from + transfer.word.size()) != 0) {
        return true;
      }
    }
    return false;
  };
  if (!ends_word(at + handing.size())) return takes(at + handing.size());
  for (auto u = unit + 1; u < units_.size(); ++u) {
    if (takes(place(units_[u].begin))) return true;
    if (units_[u].tail != Tail::none) return false;
  }
  return false;
}

bool Reader::goes_on(std::size_t unit, std::size_t at, std::string_view joint) const {
  if (!after(at).starts_with(joint) || !ends_word(at + joint.size())) return false;
  for (auto u = unit + 1; u < units_.size(); ++u) {
    const auto end = place(units_[u].end);
    for (auto from = std::size_t{place(units_[u].begin)}; from < end;
         (void)next_code_point(compact_.text, from)) {
      if (request_at(from) != 0) return true;
    }
    if (units_[u].tail == Tail::none) continue;
    const auto& last = morphemes_[units_[u].last - 1];  // 읽어 + 줘: the request may follow
    const bool leads = last.form == "어" || last.form == "아" || last.form == "여";
    if (last.tag != analyse::Tag::ec || !leads) return false;
  }
  return false;
}

std::size_t Reader::helped(std::size_t at) const {
  const std::string_view all = compact_.text;
  if (!skip_one(all, {"는"}, at)) return 0;
  if (!skip_one(all, {"것", "거", "걸", "데", "일", "법"}, at)) return 0;
  while (skip_one(all, {"좀", "을", "를", "에", "만", "한번", "하나"}, at)) {
  }
  for (const auto& help : words_.all(Section::help)) {
    if (!after(at).starts_with(help.word)) continue;
    if (const auto end = request_at(at + help.word.size()); end != 0) return end;
  }
  const auto end = ending(Section::beg, at);
  return after(at).starts_with("부탁") ? end : 0;
}

bool Reader::urged(std::size_t unit) const {
  if (text_.find('?') != std::string_view::npos) return false;
  if (text_.find('!') != std::string_view::npos) return true;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    if (u == unit) continue;
    if (units_[u].particle == Particle::vocative || is(Section::listener, units_[u])) return true;
    if (u < unit && (is(Section::urging, units_[u]) || units_[u].number)) return true;
  }
  return false;
}

}  // namespace mbe::creation::korean
