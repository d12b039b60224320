#include "creation/creation_clause.h"

#include <algorithm>

#include "analyse/korean_word.h"
#include "analyse/normal_text.h"
#include "base/utf8.h"

namespace mbe::creation {
namespace {

using analyse::Morpheme;
using analyse::Tag;

bool is_predicate(Tag tag) {
  return tag == Tag::vv || tag == Tag::va || tag == Tag::vx || tag == Tag::vcp || tag == Tag::vcn ||
         tag == Tag::xsv || tag == Tag::xsa;
}

bool is_mark(Tag tag) {
  return tag == Tag::sf || tag == Tag::symbol;
}

bool is_noun(Tag tag) {
  return analyse::is_noun_like(tag) || tag == Tag::xsn || tag == Tag::xpn;
}

Tail tail_of(const Morpheme& last) {
  const auto form = last.form;
  if (last.tag == Tag::etm) return Tail::modifies;
  if (last.tag == Tag::ec) {
    if (form == "게" || form == "도록") return Tail::manner;
    if (form == "고" || form == "며" || form == "면서" || form == "으면서") return Tail::joined;
    if (form.ends_with("서")) return Tail::because;
  }
  return Tail::other;
}

Particle particle_of(const Morpheme& morpheme) {
  const auto form = morpheme.form;
  switch (morpheme.tag) {
    case Tag::jks:
    case Tag::jkc:
      return Particle::subject;
    case Tag::jko:
      return Particle::object;
    case Tag::jkv:
      return Particle::vocative;
    case Tag::jkb:
      return form == "로" || form == "으로" ? Particle::into : Particle::oblique;
    case Tag::jkg:
    case Tag::jc:
    case Tag::jkq:
      return Particle::oblique;
    case Tag::jx:
      return form == "은" || form == "는" || form == "ᆫ" ? Particle::topic : Particle::none;
    default:
      return Particle::none;
  }
}

std::size_t syllables(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) (void)next_code_point(text, at);
  return count;
}

/// The longest artefact of two syllables or more that the word ends with, or is.
const Word* artefact_at_end(std::string_view word, const Words::Side& words) {
  for (std::size_t at = 0; at < word.size(); (void)next_code_point(word, at)) {
    const auto rest = word.substr(at);
    if (at > 0 && syllables(rest) < 2) return nullptr;
    if (const auto* found = words.find(Section::artefact, rest)) return found;
  }
  return nullptr;
}

/// What a particle means where only the letters are looked at.
Particle particle_of(std::string_view form) {
  if (form == "을" || form == "를") return Particle::object;
  if (form == "이" || form == "가") return Particle::subject;
  if (form == "은" || form == "는") return Particle::topic;
  if (form == "로" || form == "으로") return Particle::into;
  const bool oblique = form == "에" || form == "에서" || form == "의" || form == "과" ||
                       form == "와" || form == "한테" || form == "에게" || form == "께" ||
                       form == "처럼";
  return oblique ? Particle::oblique : Particle::none;
}

/// Finds the artefact that a unit names: by its nouns, by its last noun, or by its letters where
/// the tagger has cut it otherwise (노래 + 가 + 사); then the particle comes from the letters too.
void find_artefact(std::string_view text, std::span<const Morpheme> morphemes,
                   const Words::Side& words, Unit& unit) {
  const auto noun_end = unit.begin + unit.noun.size();
  if ((unit.artefact = artefact_at_end(unit.noun, words)) != nullptr) return;
  for (auto i = unit.last; i-- > unit.first;) {
    const auto& morpheme = morphemes[i];
    const bool noun =
        morpheme.tag == Tag::nng || morpheme.tag == Tag::nnp || morpheme.tag == Tag::sl;
    if (!noun || morpheme.end != noun_end) continue;
    if ((unit.artefact = words.find(Section::artefact, morpheme.form)) != nullptr) return;
    break;
  }
  if (unit.tail != Tail::none) return;
  const auto surface = text.substr(unit.begin, unit.end - unit.begin);
  if ((unit.artefact = artefact_at_end(surface, words)) != nullptr) {
    unit.noun = surface;
    unit.particle = Particle::none;
    return;
  }
  for (const auto& particle : words.all(Section::particle)) {
    if (surface.size() <= particle.word.size() || !surface.ends_with(particle.word)) continue;
    const auto bare = surface.substr(0, surface.size() - particle.word.size());
    if (syllables(bare) < 2) continue;
    if ((unit.artefact = artefact_at_end(bare, words)) == nullptr) continue;
    unit.noun = bare;
    unit.particle = particle_of(particle.word);
    return;
  }
}

bool begins_unit(std::span<const Morpheme> morphemes, std::size_t i) {
  if (i == 0 || morphemes[i].starts_word) return true;
  const auto tag = morphemes[i].tag;
  const auto before = morphemes[i - 1].tag;
  if (is_mark(before) && !is_mark(tag)) return true;
  if (tag != Tag::vv && tag != Tag::va && tag != Tag::vx) return false;
  return is_noun(before) || analyse::is_particle(before) || before == Tag::mag ||
         before == Tag::ic || before == Tag::mm;
}

void describe(std::string_view text, std::span<const Morpheme> morphemes, const Words::Side& words,
              Unit& unit) {
  const Morpheme* last = nullptr;
  std::uint32_t noun_end = unit.begin;
  bool predicate = false;
  bool only_counts = true;
  for (auto i = unit.first; i < unit.last; ++i) {
    const auto& m = morphemes[i];
    if (is_mark(m.tag)) continue;
    last = &m;
    unit.end = m.end;
    predicate = predicate || is_predicate(m.tag);
    unit.name = unit.name || m.tag == Tag::nnp;
    unit.state = unit.state || m.tag == Tag::va || m.tag == Tag::xsa;
    const bool rare = m.tag == Tag::ic && syllables(m.form) > 2;  // 마스크 is tagged so
    if ((is_noun(m.tag) || rare) && !predicate) noun_end = std::max(noun_end, m.end);
    unit.number = unit.number || m.tag == Tag::nr || m.tag == Tag::sn || m.tag == Tag::nnbc ||
                  words.has(Section::count, m.form);
    const bool light = m.tag == Tag::nr || m.tag == Tag::sn || m.tag == Tag::mm ||
                       m.tag == Tag::nnbc || m.tag == Tag::nnb || m.tag == Tag::mag ||
                       m.tag == Tag::maj || (m.tag == Tag::ic && !rare) || m.tag == Tag::jx ||
                       words.has(Section::unit, m.form) || words.has(Section::count, m.form);
    only_counts = only_counts && light;
  }
  if (last == nullptr) return;
  unit.noun = text.substr(unit.begin, noun_end - unit.begin);
  if (predicate) unit.tail = tail_of(*last);
  unit.particle = particle_of(*last);
  const auto surface = text.substr(unit.begin, unit.end - unit.begin);
  const bool count = words.has(Section::count, surface);  // 하나, which may be tagged 하 + 나
  const bool thing = syllables(surface) > 1 && words.has(Section::artefact, surface);
  if (count || thing) unit.tail = Tail::none;  // 지도, which may be tagged 하 + 지 + 도
  unit.counts = count || (!predicate && (only_counts || words.has(Section::urging, surface)));
  unit.number = count || (unit.number && unit.counts);
  if (!unit.counts) find_artefact(text, morphemes, words, unit);
}

}  // namespace

bool Compact::ends_word(std::string_view original, std::size_t at) const {
  const std::size_t end = at == 0 ? 0 : origin[at - 1] + std::size_t{1};
  if (end >= original.size()) return true;
  auto next = end;
  const auto c = next_code_point(original, next);
  return !analyse::is_hangul(c) && !analyse::is_digit(c) && !analyse::is_ascii_letter(c);
}

Compact compact(std::string_view text) {
  Compact out;
  out.place.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.place.push_back(static_cast<std::uint32_t>(out.text.size()));
    if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n') continue;
    out.text += text[i];
    out.origin.push_back(static_cast<std::uint32_t>(i));
  }
  out.place.push_back(static_cast<std::uint32_t>(out.text.size()));
  out.origin.push_back(static_cast<std::uint32_t>(text.size()));
  return out;
}

std::vector<Unit> cut_units(std::string_view text, std::span<const Morpheme> morphemes,
                            const Words::Side& words) {
  std::vector<Unit> units;
  for (std::size_t i = 0; i < morphemes.size(); ++i) {
    if (is_mark(morphemes[i].tag)) continue;
    if (units.empty() || begins_unit(morphemes, i)) {
      if (!units.empty()) units.back().last = i;
      Unit unit;
      unit.first = i;
      unit.begin = unit.end = morphemes[i].begin;
      units.push_back(unit);
    }
  }
  if (!units.empty()) units.back().last = morphemes.size();
  for (auto& unit : units) describe(text, morphemes, words, unit);
  for (std::size_t u = 0; u + 1 < units.size(); ++u) {
    if (text.substr(units[u].begin, units[u].end - units[u].begin) != "한") continue;
    const auto next = text.substr(units[u + 1].begin);
    if (std::ranges::none_of(words.all(Section::unit),
                             [&](const Word& unit) { return next.starts_with(unit.word); })) {
      continue;
    }
    for (auto* unit : {&units[u], &units[u + 1]}) {  // 한 편, which may be tagged 하 + ㄴ
      unit->tail = Tail::none;
      unit->counts = unit->number = true;
      unit->artefact = nullptr;
    }
  }
  return units;
}

}  // namespace mbe::creation
