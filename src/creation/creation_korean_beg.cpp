// Requests without a verb of making: 시 한 편 부탁해, 표가 하나 필요해, 이름 열 개만 줘.
#include <algorithm>

#include "creation/creation_korean_site.h"

namespace mbe::creation::korean {
namespace {

/// Whether the unit before the artefact says which one: a number, or a modifying clause.
bool is_new(const std::vector<Unit>& units, std::size_t artefact, std::size_t request) {
  if (artefact > 0 && units[artefact - 1].tail == Tail::modifies) return true;
  if (artefact > 0 && units[artefact - 1].number) return true;
  for (auto u = artefact + 1; u < request; ++u) {
    if (units[u].number) return true;
  }
  return false;
}

}  // namespace

std::optional<Thing> Reader::named_before(std::size_t unit, bool must_count, bool making,
                                          std::string_view verb) const {
  for (auto u = unit; u-- > 0;) {
    const auto& at = units_[u];
    if (at.tail != Tail::none) return std::nullopt;
    if (at.counts || at.noun.empty()) continue;
    if (making) {
      for (auto i = at.last; i-- > at.first;) {
        const auto tag = morphemes_[i].tag;
        if (tag != analyse::Tag::nng && tag != analyse::Tag::nnp) continue;
        const auto* maker = words_.find(Section::making, morphemes_[i].form);
        if (maker == nullptr) break;
        Site site{maker, u, 0, 0, false};
        return decide_making(site, *maker);
      }
    }
    const bool thing = at.particle == Particle::none || at.particle == Particle::object ||
                       at.particle == Particle::subject || at.particle == Particle::topic;
    if (at.artefact == nullptr || !thing) return std::nullopt;
    if (u > 0 && is(Section::existing, units_[u - 1])) return std::nullopt;
    if (must_count && !is_new(units_, u, unit)) return std::nullopt;
    if (words_.takes_no_artefact(verb, at.artefact->word)) return std::nullopt;
    return thing_of(at);
  }
  return std::nullopt;
}

std::optional<Thing> Reader::begged_at(std::size_t u) const {
  const auto at = place(units_[u].begin);
  const auto rest = after(at);
  const bool asks = text_.find('?') != std::string_view::npos;
  if (const auto end = ending(Section::beg, at); end != 0 && !quoted(end)) {
    if (somebody_else(u, false)) return std::nullopt;
    const bool begs = rest.starts_with("부탁") || rest.starts_with("p");
    return named_before(u, !begs, true, {});
  }
  for (const auto& help : words_.all(Section::help)) {
    if (!rest.starts_with(help.word)) continue;
    const auto end = request_at(at + help.word.size());
    if (end == 0 || quoted(end) || somebody_else(u, false)) continue;
    if (u > 0 && units_[u - 1].artefact == nullptr) return named_before(u, true, true, {});
  }
  if (const auto end = ending(Section::hand, at); end != 0 && !quoted(end)) {
    return somebody_else(u, false) ? std::nullopt : named_before(u, true, false, "주");
  }
  if (const auto end = ending(Section::need, at); end != 0 && !asks && !quoted(end)) {
    const bool conditional = std::ranges::any_of(units_, [&](const Unit& unit) {
      return unit.begin < units_[u].begin &&
             (surface(unit).ends_with("려면") || surface(unit).ends_with("에는"));
    });
    return conditional || somebody_else(u, true) ? std::nullopt
                                                 : named_before(u, true, false, "필요");
  }
  return std::nullopt;
}

/// 시 한 편만 좀: a thing and how many, with a plea and without a predicate.
std::optional<Thing> Reader::named_alone() const {
  constexpr std::string_view pleas[] = {"좀", "만", "요", "제발"};
  for (const auto& unit : units_) {
    if (unit.tail != Tail::none && unit.tail != Tail::modifies) return std::nullopt;
  }
  if (units_.size() < 2 || !units_.back().counts) return std::nullopt;
  const auto last = surface(units_.back());
  const bool pleads = std::ranges::any_of(pleas, [&](auto plea) { return last.ends_with(plea); });
  return pleads ? named_before(units_.size(), true, false, {}) : std::nullopt;
}

std::optional<Thing> Reader::begged() const {
  for (auto u = units_.size(); u-- > 1;) {
    if (auto thing = begged_at(u)) return thing;
  }
  return named_alone();
}

}  // namespace mbe::creation::korean
