#include "derive/statements.h"

#include <algorithm>

namespace mbe {

namespace {

constexpr std::size_t words_min = 3;                   ///< fewer say too little to be compared
constexpr TimeMs passing_ms = 2 * TimeMs{86'400'000};  ///< a date so near is today, tomorrow …

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

bool meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& one) { return contains(b, one); });
}

}  // namespace

Statement statement_of(const Analysis& analysis, TimeMs said_ms) {
  Statement out;
  for (const Term& term : analysis.terms) {
    switch (term.kind) {
      case TermKind::number:
      case TermKind::date:
        out.amounts.push_back(term.text);
        break;
      case TermKind::lemma:
      case TermKind::stem:
      case TermKind::concept_id:
        out.words.push_back(term.text);
        break;
      case TermKind::bigram:
        break;
    }
  }
  for (const Keyword& keyword : analysis.keywords) {
    (keyword.asserted ? out.asserted : out.denied).push_back(keyword.id);
  }
  out.tags = analysis.tags;
  for (auto* part : {&out.words, &out.amounts, &out.asserted, &out.denied, &out.tags}) {
    std::ranges::sort(*part);
    const auto repeated = std::ranges::unique(*part);
    part->erase(repeated.begin(), repeated.end());
  }
  // What was done on a day may be done again on another: both are true.
  const bool deed = std::ranges::any_of(analysis.intentions, [](const Intention& intention) {
    return intention.state == IntentionState::done;
  });
  // Of two days different things may be true.
  const bool passing = std::ranges::any_of(analysis.dates, [&](const DateMention& date) {
    return date.from_ms < said_ms + passing_ms && date.until_ms > said_ms - passing_ms;
  });
  out.comparable = !analysis.is_question && !analysis.is_chatter && !deed && !passing &&
                   out.words.size() >= words_min && !analysis.keywords.empty();
  return out;
}

double common_share(const Statement& a, const Statement& b) {
  std::vector<std::string> common;
  std::ranges::set_intersection(a.words, b.words, std::back_inserter(common));
  const std::size_t all = a.words.size() + b.words.size() - common.size();
  return all == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(all);
}

std::optional<double> restates(const Statement& a, const Statement& b) {
  if (!a.comparable || !b.comparable) return std::nullopt;
  if (a.amounts != b.amounts || a.tags != b.tags) return std::nullopt;
  if (a.asserted != b.asserted || a.denied != b.denied) return std::nullopt;
  const double share = common_share(a, b);
  return share >= restated_from ? std::optional(share) : std::nullopt;
}

std::optional<Conflict> conflict_between(const Statement& a, const Statement& b) {
  if (!a.comparable || !b.comparable || common_share(a, b) < conflict_from) return std::nullopt;
  if (meet(a.asserted, b.denied) || meet(a.denied, b.asserted)) return Conflict::denial;
  const bool opposite = (contains(a.tags, "positive") && contains(b.tags, "negative")) ||
                        (contains(a.tags, "negative") && contains(b.tags, "positive"));
  if (opposite) return Conflict::mood;
  const bool measured = !a.amounts.empty() && !b.amounts.empty();
  if (measured && a.amounts != b.amounts) return Conflict::amount;
  return std::nullopt;
}

}  // namespace mbe
