#include "creation/creation_korean_site.h"

#include <algorithm>

#include "base/utf8.h"

namespace mbe::creation::korean {

/// What stands before a site, nearest first. Pointers into the reader's units; null = none.
struct Reader::Around {
  const Unit* object = nullptr;    ///< the nearest thing that may be what is made
  const Unit* artefact = nullptr;  ///< the nearest such thing that is a listed artefact
  const Unit* into = nullptr;      ///< an artefact with 로: what something is made into
  const Unit* before = nullptr;    ///< an artefact of an earlier clause
  bool manner = false;             ///< 웃게 + 만들어
  bool number = false;
  bool existing = false;  ///< a particular one: 그 보고서
  bool also = false;      ///< 그림도
  bool general = false;   ///< 원래, 같은: asks what is done in general
};

bool Reader::is_person(const Unit& unit) const {
  if (is(Section::person, unit)) return true;
  constexpr std::string_view titles[] = {"님", "씨"};
  return std::ranges::any_of(titles, [&](auto title) { return unit.noun.ends_with(title); });
}

void Reader::note_unit(std::size_t u, Around& around) const {
  const auto& unit = units_[u];
  around.number = around.number || unit.number;
  const bool next_is_object = around.object != nullptr && &units_[u + 1] == around.object;
  if (next_is_object && is(Section::existing, unit)) around.existing = true;
  if (unit.counts || unit.noun.empty() || unit.particle == Particle::vocative) return;
  if (unit.particle == Particle::into && unit.artefact != nullptr && around.into == nullptr) {
    around.into = &unit;
  }
  const bool thing = unit.particle == Particle::none || unit.particle == Particle::object ||
                     unit.particle == Particle::topic;
  const bool asked = unit.particle != Particle::object &&
                     (is(Section::listener, unit) || is(Section::speaker, unit));
  if (!thing || asked) return;
  if (around.object == nullptr) {
    around.object = &unit;
    around.also = surface(unit).ends_with("도") && !unit.noun.ends_with("도");
  }
  if (around.artefact == nullptr && unit.artefact != nullptr) around.artefact = &unit;
}

Reader::Around Reader::look_back(std::size_t unit) const {
  Around around;
  bool crossed = false;
  bool adverbs_only = true;
  for (auto u = unit; u-- > 0;) {
    const auto tail = units_[u].tail;
    around.general = around.general || is(Section::general, units_[u]);
    if (tail == Tail::manner && !crossed) {
      around.manner = around.manner || adverbs_only;
      continue;
    }
    adverbs_only = adverbs_only && units_[u].counts;
    if (tail != Tail::none) {
      crossed = true;
    } else if (!crossed) {
      note_unit(u, around);
    } else if (units_[u].artefact != nullptr && around.before == nullptr) {
      around.before = &units_[u];
    }
  }
  return around;
}

/// Whether the one who does it is somebody but the listener. A subject belongs to the predicate
/// that follows it: those of modifying and of causal clauses do not count.
bool Reader::somebody_else(std::size_t unit, bool weak) const {
  bool bound = false;
  bool crossed = false;
  for (auto u = unit; u-- > 0;) {
    const auto& at = units_[u];
    if (at.tail == Tail::because || at.tail == Tail::other) return false;
    if (at.tail == Tail::modifies) bound = bound || !at.state;
    if (at.tail == Tail::manner) bound = true;
    if (at.tail == Tail::joined) crossed = true;
    if (at.tail != Tail::none) continue;
    const bool person = is_person(at);
    if (at.particle == Particle::subject) {
      if (std::exchange(bound, false)) continue;
      if (is(Section::listener, at)) return false;
      if (person || (!crossed && at.name && at.artefact == nullptr)) return true;
      continue;
    }
    const bool speaker = is(Section::speaker, at);
    if (at.particle == Particle::topic && person && (weak || !speaker)) return true;
    const bool bare = at.particle == Particle::none && !at.counts;
    if (weak && speaker && bare) return true;
  }
  return false;
}

bool Reader::quoted(std::size_t end) const {
  auto rest = after(end);
  while (!rest.empty() && std::string_view(",\"'~.! ").find(rest.front()) != rest.npos) {
    rest.remove_prefix(1);
  }
  return std::ranges::any_of(words_.all(Section::quoting),
                             [&](const Word& word) { return rest.starts_with(word.word); });
}

/// 써주지 마: the ending is that of a request and what follows takes it back.
bool Reader::forbidden(std::size_t end) const {
  constexpr std::string_view joint = "지";
  constexpr std::string_view words[] = {"마", "말", "않", "못"};
  if (end < joint.size() || !after(end - joint.size()).starts_with(joint)) return false;
  return std::ranges::any_of(words, [&](auto word) { return after(end).starts_with(word); });
}

/// Statements and questions that only look like a request: 너는 항상 시를 써줘, 왜 시를 써줘?
bool Reader::declares(const Site& site, std::string_view said) const {
  bool listener = false;
  bool habit = false;
  for (auto u = site.unit; u-- > 0;) {
    const auto& unit = units_[u];
    if (unit.tail == Tail::manner || unit.tail == Tail::modifies) continue;
    if (unit.tail != Tail::none) break;
    listener = listener || (unit.particle != Particle::vocative && is(Section::listener, unit));
    habit = habit || is(Section::habit, unit);
    if (is(Section::asking, unit)) return true;
  }
  if (is_negated(site.unit)) return true;
  constexpr std::string_view plain[] = {"줘", "줘요"};
  const bool open = std::ranges::any_of(plain, [&](auto end) { return said.ends_with(end); });
  return open && listener && habit;
}

bool Reader::is_negated(std::size_t unit) const {
  if (unit == 0) return false;
  const auto before = surface(units_[unit - 1]);
  return before == "안" || before == "못" || before == "그만";
}

bool Reader::asks_ability(const Around& around, std::string_view said) const {
  const bool asks = said.find("수있") != said.npos || said.find("가능") != said.npos;
  return asks && !around.number && (around.also || around.general);
}

const Word* Reader::making_before(std::size_t unit, std::size_t morpheme, std::size_t& at) const {
  for (auto u = unit + 1; u-- > 0;) {
    const auto& here = units_[u];
    if (u != unit && here.tail != Tail::none) return nullptr;
    if (u != unit && here.counts) continue;
    for (auto i = u == unit ? morpheme : here.last; i-- > here.first;) {
      const auto& m = morphemes_[i];
      if (m.tag != analyse::Tag::nng && m.tag != analyse::Tag::nnp) continue;
      at = u;
      return words_.find(Section::making, m.form);
    }
    if (u != unit) return nullptr;
  }
  return nullptr;
}

std::optional<Thing> Reader::thing_after(std::size_t unit) const {
  for (auto u = unit + 1; u < units_.size(); ++u) {
    if (units_[u].tail != Tail::none && units_[u].tail != Tail::modifies) return std::nullopt;
    if (units_[u].artefact != nullptr) return thing_of(units_[u]);
  }
  return std::nullopt;
}

/// 쓸 말: what does not exist yet, though the noun alone would be used and not made.
bool Reader::is_to_be(const Unit& unit) const {
  if (&unit == units_.data() || words_.has(Section::not_object, unit.noun)) return false;
  const auto& before = *(&unit - 1);
  if (before.tail != Tail::modifies || unit.noun != "말") return false;
  return morphemes_[before.last - 1].form == "ᆯ" || morphemes_[before.last - 1].form == "을";
}

std::optional<Thing> Reader::decide(const Site& site, const Word& maker,
                                    const Around& around) const {
  const auto none = [&](const Unit& unit) {
    if (words_.takes_no_artefact(maker.stem, unit.noun)) return true;
    if (unit.artefact != nullptr && words_.takes_no_artefact(maker.stem, unit.artefact->word)) {
      return true;
    }
    for (auto i = unit.last; unit.artefact == nullptr && i-- > unit.first;) {
      if (morphemes_[i].tag == analyse::Tag::nng || morphemes_[i].tag == analyse::Tag::np) {
        return words_.takes_no_artefact(maker.stem, morphemes_[i].form);
      }
    }
    return false;
  };
  const auto thing = [&](const Unit& unit) {
    auto found = thing_of(unit);
    const bool plain = found.kind == CreationKind::text || found.kind == CreationKind::other;
    if (unit.artefact == nullptr || (plain && maker.kind == CreationKind::drawing)) {
      found.kind = maker.kind;
    }
    return std::optional(found);
  };
  if (around.into != nullptr) return thing(*around.into);
  if (maker.object == Object::into) return std::nullopt;
  if (around.object != nullptr) {
    if (none(*around.object) && !is_to_be(*around.object)) return std::nullopt;
    if (around.object->artefact != nullptr) return thing(*around.object);
    if (around.artefact != nullptr) return thing(*around.artefact);
    if (site.weak || maker.object != Object::any || around.manner) return std::nullopt;
    return thing(*around.object);
  }
  if (auto later = thing_after(site.unit)) return later;
  if (around.before != nullptr && !none(*around.before)) return thing(*around.before);
  if (earlier_) return earlier_;
  if (site.weak || maker.object != Object::any || around.manner) return std::nullopt;
  return Thing{{}, maker.kind};
}

/// 보고서 in 보고서작성.
std::optional<Thing> Reader::named_in(std::string_view noun, std::string_view maker) const {
  if (noun.size() <= maker.size() || !noun.ends_with(maker)) return std::nullopt;
  const auto* found = words_.find(Section::artefact, noun.substr(0, noun.size() - maker.size()));
  if (found == nullptr) return std::nullopt;
  return Thing{found->word, found->kind};
}

std::optional<Thing> Reader::decide_making(const Site& site, const Word& maker) const {
  return decide(site, maker, look_back(site.unit));
}

std::optional<Thing> Reader::judge(const Site& site, std::size_t morpheme) const {
  if (quoted(site.end) || forbidden(site.end)) return std::nullopt;
  const auto said = std::string_view(compact_.text).substr(site.begin, site.end - site.begin);
  const Word* maker = site.verb;
  auto unit = site.unit;
  if (maker->object == Object::noun) {
    maker = making_before(site.unit, morpheme, unit);
    if (maker == nullptr) return std::nullopt;
  }
  if (somebody_else(unit, site.weak) || declares(site, said)) return std::nullopt;
  const auto around = look_back(unit);
  if (asks_ability(around, said)) return std::nullopt;
  if (unit == site.unit && maker != site.verb) {
    if (auto own = named_in(units_[unit].noun, maker->word)) return own;
  }
  return decide(site, *maker, around);
}

}  // namespace mbe::creation::korean
