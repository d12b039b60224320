#include "operations/views.h"

#include <array>
#include <charconv>

#include "base/datetime.h"

namespace mbe {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json time_or_null(const std::optional<TimeMs>& time) {
  return time ? Json(format_time(*time)) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json embedding_json(const BlockView& block) {
  if (!block.embedding) return nullptr;
  Json out = Json::array();
  for (const float value : *block.embedding) out.push_back(number(value));
  return out;
}

/// An object whose names are known to differ: none of them is looked for, as operator[] would, and
/// no member is copied again while the object grows (its pairs cannot be moved).
class Members {
 public:
  explicit Members(std::size_t count) { object_.reserve(count); }
  void add(const char* name, Json value) { object_.emplace_back(name, std::move(value)); }
  Json take() { return std::move(object_); }

 private:
  Json::object_t object_;
};

constexpr std::size_t block_members = 32;  ///< of a block or a hit: room for all

void add_block_memory(Members& out, const BlockView& block, bool with_embedding) {
  out.add("block_index", block.block_index);
  out.add("timestamp", format_time(block.timestamp_ms));
  out.add("context", block.context);
  out.add("keywords", block.keywords);
  out.add("tags", block.tags);
  if (with_embedding) out.add("embedding", embedding_json(block));
  out.add("importance", number(block.importance));
  out.add("hash", block.hash);
  out.add("prev_hash", block.prev_hash);
}

void add_block(Members& out, const BlockView& block, bool with_embedding) {
  add_block_memory(out, block, with_embedding);
  out.add("state", block.state);
  out.add("recorded", format_time(block.recorded_ms));
  out.add("event_time", time_or_null(block.event_ms));
  out.add("kind", block.kind);
  out.add("trust", block.trust);
  out.add("speaker", text_or_null(block.speaker));
  out.add("session", text_or_null(block.session));
  out.add("source", text_or_null(block.source));
  out.add("channel", text_or_null(block.channel));
  out.add("writer", text_or_null(block.writer));
  out.add("refs", block.refs);
  out.add("keywords_now", block.keywords_now);
  out.add("tags_now", block.tags_now);
  out.add("tags_derived", block.tags_derived);
  out.add("pinned", block.pinned);
  out.add("hidden", block.hidden);
  out.add("retold", block.retold);
  out.add("superseded_by", or_null(block.superseded_by));
}

Json turn_json(const TurnView& turn) {
  return {{"speaker", text_or_null(turn.speaker)},   {"text", turn.text},
          {"from_assistant", turn.from_assistant},   {"time", format_time(turn.time_ms)},
          {"expires", format_time(turn.expires_ms)}, {"block_index", or_null(turn.block_index)}};
}

Json goal_json(const GoalView& goal) {
  return {{"state", goal.state},
          {"text", goal.text},
          {"block_index", goal.block_index},
          {"resolved_by", or_null(goal.resolved_by)},
          {"timestamp", format_time(goal.timestamp_ms)}};
}

Json day_json(const DaySummary& day) {
  return {{"day", day.day},
          {"blocks", day.blocks},
          {"keywords", day.keywords},
          {"tags", day.tags},
          {"mood", day.mood}};
}

}  // namespace

Json number(float value) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  double out = value;  // where it is no number, and stays what it is
  std::from_chars(text.data(), written.ptr, out);
  return out;
}

Json block_memory_json(const BlockView& block) {
  Members out(block_members);
  add_block_memory(out, block, true);
  return out.take();
}

Json block_json(const BlockView& block, bool with_embedding) {
  Members out(block_members);
  add_block(out, block, with_embedding);
  return out.take();
}

Json blocks_json(const std::vector<BlockView>& blocks) {
  Json out = Json::array();
  out.get_ref<Json::array_t&>().reserve(blocks.size());
  for (const BlockView& block : blocks) out.push_back(block_json(block, false));
  return out;
}

Json import_json(const BlockView& block, const std::string& chain) {
  const std::string id = block.source.empty() ? "block:" + block.hash : block.source;
  return {{"id", id},
          {"namespace", chain},
          {"text", block.context},
          {"time", format_time(block.timestamp_ms)},
          {"speaker", text_or_null(block.speaker)},
          {"group", text_or_null(block.session)},
          {"kind", block.kind}};
}

Json hit_json(const RecallHit& hit) {
  Members out(block_members);
  add_block(out, hit.block, false);
  out.add("score", number(hit.score));
  Json arms = Json::array();
  for (const ArmShare& arm : hit.arms) {
    Members one(3);
    one.add("arm", arm.arm);
    one.add("rank", arm.rank);
    one.add("share", number(arm.share));
    arms.push_back(one.take());
  }
  out.add("arms", std::move(arms));
  out.add("confidence", number(hit.confidence));
  Json others = Json::array();
  for (const Corroboration& one : hit.corroborated_by) {
    others.push_back({{"block_index", one.block_index},
                      {"writer", one.writer},
                      {"trust", one.trust},
                      {"share", number(one.share)}});
  }
  out.add("corroborated_by", std::move(others));
  out.add("span", {hit.span_begin, hit.span_end});
  out.add("neighbours", blocks_json(hit.neighbours));
  return out.take();
}

Json message_or_null(const Catalog& messages, const std::optional<Message>& message) {
  return message ? Json(messages.text(*message)) : Json(nullptr);
}

Json recall_json(const Catalog& messages, const RecallResult& result) {
  Json hits = Json::array();
  for (const RecallHit& hit : result.hits) hits.push_back(hit_json(hit));
  Members out(7);
  out.add("hits", std::move(hits));
  out.add("threshold", number(result.threshold));
  out.add("below_threshold", result.below_threshold);
  out.add("vectors_pending", result.vectors_pending);
  out.add("vectors_note", message_or_null(messages, result.vectors_note));
  out.add("embed_us", result.embed_us);
  out.add("search_us", result.search_us);
  return out.take();
}

std::string newest_utterance(const std::vector<TurnView>& turns) {
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    if (!turn->from_assistant) return turn->text;
  }
  return "";
}

Json waypoints_json(const std::string& current, const std::vector<WaypointView>& waypoints) {
  Json list = Json::array();
  for (const WaypointView& one : waypoints) {
    list.push_back({{"block_index", one.block_index},
                    {"relevance", number(one.relevance)},
                    {"keyword", number(one.keyword)},
                    {"tag", number(one.tag)},
                    {"vector", number(one.vector)},
                    {"context", one.context}});
  }
  return {{"current_context", current}, {"waypoints", std::move(list)}};
}

std::vector<std::string> date_lines(const std::vector<DateView>& dates) {
  std::vector<std::string> out;
  for (const DateView& date : dates) {
    out.push_back(date.text + ": " + date.first_day + " … " + date.last_day);
  }
  return out;
}

Json analysis_json(const AnalysisView& analysis) {
  return {{"language", analysis.language},       {"keywords", analysis.keywords},
          {"keyword_ids", analysis.keyword_ids}, {"tags", analysis.tags},
          {"tag_ids", analysis.tag_ids},         {"importance", number(analysis.importance)},
          {"is_question", analysis.is_question}, {"dates", date_lines(analysis.dates)},
          {"intentions", analysis.intentions},   {"terms", analysis.terms}};
}

Json mark_json(std::uint64_t index, const std::string& action, const RememberReceipt& receipt) {
  return {{"block_index", index},
          {"action", action},
          {"recorded_as", receipt.block_index},
          {"hash", receipt.hash}};
}

Json prompt_json(const ComposeResult& result) {
  return {{"prompt", result.prompt},
          {"tokens", result.tokens},
          {"included", result.included},
          {"cut", result.cut},
          {"left_out", result.left_out}};
}

Json observe_json(const ObserveResult& result, const std::string& text) {
  Json out = {{"block_index", or_null(result.block_index)}};
  out.update(waypoints_json(text, result.waypoints));
  return out;
}

Json history_json(std::uint64_t index, const std::vector<HistoryEntry>& entries) {
  Json list = Json::array();
  for (const HistoryEntry& entry : entries) {
    list.push_back({{"event", entry.event}, {"block", block_json(entry.block, false)}});
  }
  return {{"block_index", index}, {"history", std::move(list)}};
}

Json forget_preview_json(const Catalog& messages, const ForgetPreview& preview) {
  Json notes = Json::array();
  for (const Message& note : preview.notes) notes.push_back(messages.text(note));
  return {{"count", preview.count()},
          {"targets", blocks_json(preview.targets)},
          {"derived", blocks_json(preview.derived)},
          {"notes", std::move(notes)}};
}

Json forget_json(const ForgetReport& report) {
  return {{"count", report.count},
          {"erase_block", report.erase_block},
          {"unreached", report.unreached}};
}

Json list_json(const std::vector<BlockView>& blocks, const ListRequest& request) {
  Json next = nullptr;
  if (blocks.size() == request.limit) {
    next = blocks.back().block_index + (request.oldest_first ? 1 : 0);
  }
  Members out(2);
  out.add("blocks", blocks_json(blocks));
  out.add("next", std::move(next));
  return out.take();
}

Json goals_json(const std::vector<GoalView>& goals, const std::string& state) {
  Json list = Json::array();
  for (const GoalView& goal : goals) {
    if (state == "all" || goal.state == state) list.push_back(goal_json(goal));
  }
  return {{"goals", std::move(list)}};
}

Json derived_json(const std::vector<DerivedBlock>& made) {
  Json out = Json::array();
  for (const DerivedBlock& one : made) {
    out.push_back({{"block_index", one.block_index ? Json(*one.block_index) : Json()},
                   {"name", one.name},
                   {"text", one.text},
                   {"sources", one.sources},
                   {"rule", one.rule}});
  }
  return {{"made", std::move(out)}};
}

Json filter_json(const std::vector<BlockView>& blocks) {
  Json out = Json::array();
  for (const BlockView& block : blocks) out.push_back(block_json(block, false));
  return {{"blocks", std::move(out)}};
}

Json conflicts_json(const std::vector<ConflictView>& conflicts) {
  Json out = Json::array();
  for (const ConflictView& one : conflicts) {
    out.push_back({{"rule", one.rule},
                   {"earlier", block_json(one.earlier, false)},
                   {"later", block_json(one.later, false)}});
  }
  return {{"conflicts", std::move(out)}};
}

Json days_json(const std::vector<DaySummary>& days) {
  Json list = Json::array();
  for (const DaySummary& day : days) list.push_back(day_json(day));
  return {{"days", std::move(list)}};
}

Json turns_json(const std::string& conversation, const std::vector<TurnView>& turns) {
  Json list = Json::array();
  for (const TurnView& turn : turns) list.push_back(turn_json(turn));
  return {{"conversation", conversation}, {"turns", std::move(list)}};
}

Json stats_json(const Stats& stats) {
  return {{"blocks", stats.blocks},
          {"memories", stats.memories},
          {"erased", stats.erased},
          {"pinned", stats.pinned},
          {"hidden", stats.hidden},
          {"vectors", stats.vectors},
          {"vectors_pending", stats.vectors_pending},
          {"log_bytes", stats.log_bytes},
          {"keyword_bytes", stats.keyword_bytes},
          {"attribute_bytes", stats.attribute_bytes},
          {"vector_bytes", stats.vector_bytes},
          {"chain", stats.chain},
          {"model", text_or_null(stats.model)},
          {"head_hash", stats.head_hash}};
}

Json verify_json(const Catalog& messages, const VerifyResult& result, const std::string& chain) {
  Json problems = Json::array();
  for (const Error& problem : result.problems) problems.push_back(messages.text(problem));
  return {{"chain", chain},
          {"ok", result.ok},
          {"blocks", result.blocks},
          {"bytes", result.bytes},
          {"erased", result.erased},
          {"first_bad", or_null(result.first_bad)},
          {"problems", std::move(problems)}};
}

}  // namespace mbe
