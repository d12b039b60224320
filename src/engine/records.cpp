#include "engine/records.h"

#include <algorithm>

#include "engine/retelling.h"
#include "recall/evidence.h"

namespace mbe {

namespace {

constexpr TimeMs day_ms = 86'400'000;
constexpr std::size_t change_bytes_max = 1'500;  // of a long text, what it begins with
constexpr std::size_t own_keywords_max = 40;
constexpr std::size_t content_marks_max = 8;
static_assert(own_keywords_max + content_marks_max + references_max <= attribute_values_max);

void add_once(std::vector<std::string>& values, std::string value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(std::move(value));
}

/// What the text holds that a question may ask for.
void add_content_marks(const std::string& text, const Analysis& analysis, const CueWords& words,
                       std::vector<std::string>& keywords) {
  const bool number = std::ranges::any_of(
      analysis.terms, [](const Term& term) { return term.kind == TermKind::number; });
  if (number) add_once(keywords, std::string(number_mark));
  if (!analysis.dates.empty()) add_once(keywords, std::string(moment_mark));
  if (words.holds(CueWord::change, text.substr(0, change_bytes_max))) {
    add_once(keywords, std::string(change_mark));
  }
}

/// A value of an index field is bounded; the sealed block keeps the whole.
std::string bounded(const std::string& value) {
  return value.substr(0, attribute_bytes_max);
}

}  // namespace

std::string_view intention_name(IntentionState state) {
  switch (state) {
    case IntentionState::intended:
      return "intended";
    case IntentionState::done:
      return "done";
    case IntentionState::dropped:
      return "dropped";
  }
  return "";
}

bool is_memory_kind(Kind kind) {
  switch (kind) {
    case Kind::utterance:
    case Kind::answer:
    case Kind::fact:
    case Kind::summary:
    case Kind::merge:
    case Kind::supersede:
    case Kind::insight:
    case Kind::creation:
      return true;
    case Kind::pin:
    case Kind::identity:
    case Kind::manifest:
    case Kind::import:
    case Kind::audit:
      return false;
  }
  return false;
}

bool may_be_forgotten(const Payload& payload) {
  const bool repeats = payload.kind == Kind::pin && payload.action == "repeat";
  const bool of_talk = payload.kind == Kind::audit && payload.channel == "conversation";
  return is_memory_kind(payload.kind) || repeats || of_talk;
}

TimeMs time_of(const Payload& payload) {
  return payload.event_ms.value_or(payload.recorded_ms);
}

Analysis analyse_payload(const Analyser& analyser, const Payload& payload) {
  if (!is_memory_kind(payload.kind)) return {};
  return analyser.analyse(payload.text, time_of(payload), 0);
}

AttributeRecord attribute_record(std::uint64_t sequence, const Payload& payload,
                                 const Analysis& analysis, const CueWords& words) {
  AttributeRecord out;
  out.sequence = sequence;
  out.kind = payload.kind;
  out.trust = payload.trust;
  out.speaker = bounded(payload.speaker);
  if (payload.kind != Kind::pin) out.session = bounded(payload.session);
  out.source = bounded(payload.source);
  out.channel = bounded(payload.channel);
  out.writer = bounded(payload.writer);
  const TimeMs time = time_of(payload);
  out.day = static_cast<std::int32_t>(time / day_ms - (time % day_ms < 0 ? 1 : 0));
  out.importance = payload.importance;
  out.recorded_ms = payload.recorded_ms;
  out.event_ms = payload.event_ms;
  out.tags = analysis.tags;
  for (const Keyword& keyword : analysis.keywords) {
    if (out.keywords.size() < own_keywords_max) add_once(out.keywords, bounded(keyword.id));
  }
  for (const Intention& intention : analysis.intentions) {
    const std::string_view name = intention.stated ? intention_name(intention.state) : goal_deed;
    add_once(out.keywords, std::string(goal_mark) + std::string(name));
  }
  add_content_marks(payload.text, analysis, words, out.keywords);
  if (payload.session.empty()) out.keywords.emplace_back(alone_mark);
  if (payload.kind == Kind::pin && !payload.session.empty()) {
    out.keywords.push_back(bounded(std::string(said_in_mark) + payload.session));
  }
  if (is_retold(payload)) out.keywords.emplace_back(retold_mark);
  for (const Reference& reference : payload.refs) {  // repeats do no harm: the index keeps a set
    if (!reference.chain.empty() || out.keywords.size() == attribute_values_max) continue;
    out.keywords.push_back(std::string(reference_mark) + std::to_string(reference.sequence));
  }
  return out;
}

std::vector<FlagChange> flag_changes(const Payload& payload) {
  std::vector<FlagChange> out;
  for (const Reference& reference : payload.refs) {
    if (!reference.chain.empty()) continue;
    const std::uint64_t target = reference.sequence;
    if (payload.kind == Kind::supersede) out.push_back({target, Flag::superseded, true});
    const bool stays = &reference == &payload.refs.front();
    if (payload.kind == Kind::merge && !stays) out.push_back({target, Flag::superseded, true});
    if (payload.kind != Kind::pin) continue;
    if (payload.action == "pin") out.push_back({target, Flag::pinned, true});
    if (payload.action == "unpin") out.push_back({target, Flag::pinned, false});
    if (payload.action == "hide") out.push_back({target, Flag::hidden, true});
    if (payload.action == "restore") out.push_back({target, Flag::hidden, false});
  }
  return out;
}

std::vector<std::uint64_t> sequences_of(const std::vector<SequenceRange>& ranges) {
  std::vector<std::uint64_t> out;
  for (const SequenceRange& range : ranges) {
    for (std::uint64_t at = range.first; at <= range.last; ++at) out.push_back(at);
  }
  return out;
}

}  // namespace mbe
