// Conversations: finding what was said in them, and telling them as JSON and text.
#include <algorithm>
#include <set>

#include "analyse/normal_text.h"
#include "base/datetime.h"
#include "echo/conversations.h"
#include "echo/log_lines.h"

namespace mbe {

namespace {

constexpr std::size_t hits_max = 100;
constexpr std::size_t found_max = 50;

/// What must stand in a text for the words to stand in it: their roots and numbers.
std::set<std::string> roots_of(const AnalysisView& analysis) {
  std::set<std::string> out;
  for (const std::string& term : analysis.terms) {
    const bool is_root =
        term.starts_with("lemma:") || term.starts_with("stem:") || term.starts_with("number:");
    if (is_root) out.insert(term);
  }
  return out;
}

Json turn_json(const ConversationTurn& turn) {
  const BlockView& block = turn.block;
  return {{"id", turn.id},
          {"conversation", turn.conversation},
          {"block_index", block.block_index},
          {"kind", block.kind},
          {"speaker", block.speaker},
          {"text", block.context},
          {"time", format_time(turn.time_ms)},
          {"repeat", turn.is_repeat},
          {"retold", block.retold},
          {"trust", block.trust},
          {"tags", block.tags},
          {"pinned", block.pinned},
          {"superseded_by", block.superseded_by ? Json(*block.superseded_by) : Json()},
          {"refs", block.refs},
          {"versions", turn.versions}};
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

}  // namespace

/// Blocks that hold all of the words in some form, the best first.
Result<std::vector<BlockView>> Conversations::matches(const std::string& words) {
  RecallRequest request;
  request.cue = words;
  request.top_k = hits_max;
  request.arms = {"keyword"};
  request.threshold = request.neighbours = false;
  request.filter.channels = {echo_channel};
  request.filter.include_superseded = request.filter.include_retold = true;
  MBE_ASSIGN(const RecallResult found, memory_.recall(request));
  MBE_ASSIGN(const AnalysisView cue, engine_.analyse(words, 0));
  const std::set<std::string> wanted = roots_of(cue);
  const std::string asked = folded(words);
  std::vector<BlockView> out;
  for (const RecallHit& hit : found.hits) {
    MBE_ASSIGN(const AnalysisView said, engine_.analyse(hit.block.context, 0));
    const bool holds_roots = !wanted.empty() && std::ranges::includes(roots_of(said), wanted);
    const bool holds_words = folded(hit.block.context).find(asked) != std::string::npos;
    if (holds_roots || holds_words) out.push_back(hit.block);
  }
  return out;
}

/// Its own, and those in which it was said again.
Result<std::vector<std::string>> Conversations::conversations_with(const BlockView& block) {
  std::vector<std::string> out;
  if (!block.session.empty()) out.push_back(block.session);
  MBE_ASSIGN(const std::vector<HistoryEntry> history, memory_.history(block.block_index));
  for (const HistoryEntry& entry : history) {
    const std::string& name = entry.block.session;
    const bool is_new = std::ranges::find(out, name) == out.end();
    // The history also tells of answers that rest on it, and of their repeats.
    const bool is_this = std::ranges::count(entry.block.refs, block.block_index) > 0;
    if (entry.event == "repeated" && is_this && !name.empty() && is_new) out.push_back(name);
  }
  return out;
}

Result<std::vector<ConversationInfo>> Conversations::search(const std::string& words) {
  MBE_ASSIGN(const std::vector<ConversationInfo> known, list());
  MBE_ASSIGN(const std::vector<BlockView> found, matches(words));
  MBE_ASSIGN(const Notes kept, notes());
  std::vector<ConversationInfo> out;
  const auto is_there = [&](const std::string& name) {
    return std::ranges::find(out, name, &ConversationInfo::conversation) != out.end();
  };
  for (const BlockView& block : found) {
    MBE_ASSIGN(const std::vector<std::string> names, conversations_with(block));
    for (const std::string& name : names) {
      if (out.size() == found_max || is_there(name)) continue;
      const auto listed = std::ranges::find(known, name, &ConversationInfo::conversation);
      ConversationInfo info;
      if (listed != known.end()) {
        info = *listed;
      } else {
        MBE_ASSIGN(info, info_of(kept, name));
        info.last_ms = block.timestamp_ms;
      }
      info.match = block;
      out.push_back(std::move(info));
    }
  }
  const std::string asked = folded(words);
  for (const ConversationInfo& info : known) {
    const bool is_title = folded(info.title).find(asked) != std::string::npos;
    if (is_title && !is_there(info.conversation)) out.push_back(info);
  }
  return out;
}

Json conversation_json(const ConversationInfo& info) {
  Json match;
  if (info.match) {
    match = {{"block_index", info.match->block_index},
             {"speaker", info.match->speaker},
             {"text", info.match->context},
             {"time", format_time(info.match->timestamp_ms)}};
  }
  return {{"conversation", info.conversation},
          {"title", info.title},
          {"of", text_or_null(info.of)},
          {"turns", info.turns},
          {"first", info.first_ms == 0 ? Json() : Json(format_time(info.first_ms))},
          {"last", info.last_ms == 0 ? Json() : Json(format_time(info.last_ms))},
          {"match", std::move(match)}};
}

Json tree_json(const ConversationTree& tree) {
  Json turns = Json::array();
  for (const ConversationTurn& turn : tree.turns) turns.push_back(turn_json(turn));
  return {{"conversation", tree.conversation},
          {"title", tree.title},
          {"of", text_or_null(tree.of)},
          {"turns", std::move(turns)}};
}

std::string tree_markdown(const ConversationTree& tree, int utc_offset_minutes) {
  std::string title = tree.title;
  std::ranges::replace(title, '\n', ' ');
  std::string out = "# " + title + "\n";
  constexpr TimeMs minute_ms = 60'000;
  constexpr std::size_t to_minutes = 16;  // 2026-11-22T14:03
  for (const ConversationTurn& turn : tree.turns) {
    std::string when = format_time(turn.time_ms + utc_offset_minutes * minute_ms);
    when = when.substr(0, to_minutes);
    std::ranges::replace(when, 'T', ' ');
    out += "\n**" + turn.block.speaker + "** · " + when + "\n\n" + turn.block.context + "\n";
  }
  return out;
}

}  // namespace mbe
