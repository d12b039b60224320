#include "engine/retelling.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace mbe {

namespace {

/// The rest is what retelling adds of itself: "you told me that", 기억해요.
constexpr double known_share_min = 0.6;

using Word = std::pair<TermKind, std::string_view>;

bool is_word(const Term& term) {
  return term.kind == TermKind::lemma || term.kind == TermKind::stem ||
         term.kind == TermKind::number || term.kind == TermKind::concept_id;
}

}  // namespace

bool is_retold(const Payload& payload) {
  return payload.kind == Kind::answer && payload.action == retold_action;
}

bool only_retells(const Analysis& answer, std::span<const Analysis> sources) {
  if (sources.empty()) return false;
  std::set<Word> known;
  std::set<std::string_view> names;
  for (const Analysis& source : sources) {
    for (const Term& term : source.terms) known.emplace(term.kind, term.text);
    for (const Keyword& keyword : source.keywords) names.insert(keyword.id);
  }
  double words = 0;
  double told = 0;
  for (const Term& term : answer.terms) {
    if (!is_word(term)) continue;
    const bool is_known = known.contains({term.kind, term.text});
    if (term.kind == TermKind::number && !is_known) return false;
    words += 1;
    told += is_known ? 1 : 0;
  }
  const bool names_nobody_new = std::ranges::all_of(answer.keywords, [&](const Keyword& keyword) {
    const Word as_lemma = {TermKind::lemma, keyword.id};
    const Word as_stem = {TermKind::stem, keyword.id};
    return keyword.is_concept || names.contains(keyword.id) || known.contains(as_lemma) ||
           known.contains(as_stem);
  });
  return names_nobody_new && words > 0 && told >= known_share_min * words;
}

}  // namespace mbe
