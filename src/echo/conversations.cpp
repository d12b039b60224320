#include "echo/conversations.h"

#include <algorithm>

#include "base/random.h"
#include "base/utf8.h"
#include "echo/log_lines.h"

namespace mbe {

namespace {

constexpr const char* conversation_channel = "conversation";
constexpr std::size_t conversations_max = 50;
constexpr std::size_t turns_max = 1'000;
constexpr std::size_t branches_deep_max = 100;
constexpr std::size_t title_bytes_max = 200;
constexpr std::size_t name_bytes = 10;

const std::vector<std::string>& turn_kinds() {
  static const std::vector<std::string> out = {"utterance", "answer", "creation"};
  return out;
}

bool is_answer(const BlockView& block) {
  return block.kind == "answer" || block.kind == "creation";
}

/// As the engine marks a repeat with the conversation it was said in; docs/format/attribute.md.
std::string said_in(const std::string& conversation) {
  return "#in:" + conversation;
}

}  // namespace

const Conversations::Branch* Conversations::Notes::branch(const std::string& conversation) const {
  const auto found = std::ranges::find(branches, conversation, &Branch::conversation);
  return found == branches.end() ? nullptr : &*found;
}

Result<Conversations::Notes> Conversations::notes() {
  Notes out;
  RecallFilter filter;
  filter.kinds = {"audit"};
  filter.channels = {conversation_channel};
  MBE_TRY(each_block(memory_, filter, 0, [&](const BlockView& block) -> Result<void> {
    const Json data = Json::parse(block.data, nullptr, false);
    if (!data.is_object()) return {};
    const std::string name = data.value("conversation", "");
    if (data.value("event", "") == "title") out.titles[name] = data.value("title", "");
    if (data.value("event", "") == "branch") {
      out.branches.push_back({name, data.value("of", ""), data.value("at", std::uint64_t{0})});
    }
    return {};
  }));
  return out;
}

Result<std::vector<ConversationTurn>> Conversations::own_turns(const std::string& conversation,
                                                               std::size_t most) {
  ListRequest request;
  request.filter.sessions = {conversation};
  request.filter.kinds = turn_kinds();
  request.filter.include_superseded = true;
  request.limit = most;
  MBE_ASSIGN(std::vector<BlockView> said, memory_.list(request));
  ListRequest marks;
  marks.filter.kinds = {"pin"};
  marks.filter.keywords = {said_in(conversation)};
  marks.limit = most;
  MBE_ASSIGN(const std::vector<BlockView> repeats, memory_.list(marks));
  std::vector<ConversationTurn> out;
  for (BlockView& block : said) {
    if (block.state != "ok") continue;
    const TimeMs time = block.timestamp_ms;
    const std::uint64_t id = block.block_index;
    out.push_back({id, conversation, std::move(block), false, time, {}});
  }
  for (const BlockView& mark : repeats) {
    if (mark.session != conversation || mark.kind != "repeat" || mark.refs.empty()) continue;
    MBE_ASSIGN(BlockView first, memory_.show(mark.refs.front()));
    if (first.state != "ok" || first.hidden) continue;
    out.push_back({mark.block_index, conversation, std::move(first), true, mark.timestamp_ms, {}});
  }
  std::ranges::sort(out, {}, &ConversationTurn::id);
  if (out.size() > most) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most));
  return out;
}

/// From the first conversation to this one, each up to where the next branches off.
Result<std::vector<ConversationTurn>> Conversations::all_turns(const Notes& notes,
                                                               const std::string& conversation,
                                                               std::size_t most) {
  std::vector<ConversationTurn> out;
  std::string at = conversation;
  std::uint64_t before = UINT64_MAX;
  for (std::size_t deep = 0; deep < branches_deep_max && out.size() < most; ++deep) {
    MBE_ASSIGN(std::vector<ConversationTurn> turns, own_turns(at, most));
    std::erase_if(turns, [&](const ConversationTurn& turn) { return turn.id >= before; });
    turns.insert(turns.end(), std::make_move_iterator(out.begin()),
                 std::make_move_iterator(out.end()));
    out = std::move(turns);
    const Branch* branch = notes.branch(at);
    if (branch == nullptr) break;
    at = branch->of;
    before = std::min(before, branch->at);
  }
  if (out.size() > most) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most));
  return out;
}

Result<ConversationInfo> Conversations::info_of(const Notes& notes,
                                                const std::string& conversation) {
  ConversationInfo out;
  out.conversation = conversation;
  if (const Branch* branch = notes.branch(conversation)) out.of = branch->of;
  ListRequest first;
  first.filter.sessions = {conversation};
  first.filter.kinds = turn_kinds();
  first.oldest_first = true;
  first.limit = 1;
  MBE_ASSIGN(const std::vector<BlockView> began, memory_.list(first));
  std::uint64_t began_at = UINT64_MAX;
  if (!began.empty()) {
    began_at = began.front().block_index;
    out.title = began.front().context;
    out.first_ms = began.front().timestamp_ms;
  }
  // What it began with may have been said before.
  first.filter = {};
  first.filter.kinds = {"pin"};
  first.filter.keywords = {said_in(conversation)};
  MBE_ASSIGN(const std::vector<BlockView> repeats, memory_.list(first));
  if (!repeats.empty() && repeats.front().block_index < began_at && !repeats.front().refs.empty()) {
    MBE_ASSIGN(const BlockView said, memory_.show(repeats.front().refs.front()));
    out.title = said.context;
    out.first_ms = repeats.front().timestamp_ms;
  }
  const auto named = notes.titles.find(conversation);
  if (named != notes.titles.end() && !named->second.empty()) out.title = named->second;
  return out;
}

Result<std::vector<ConversationInfo>> Conversations::list() {
  ListRequest newest;
  newest.filter.channels = {echo_channel};
  newest.filter.kinds = turn_kinds();
  newest.filter.include_superseded = true;
  newest.limit = turns_max;
  MBE_ASSIGN(std::vector<BlockView> turns, memory_.list(newest));
  newest.filter.kinds = {"pin"};
  MBE_ASSIGN(const std::vector<BlockView> repeats, memory_.list(newest));
  turns.insert(turns.end(), repeats.begin(), repeats.end());
  std::ranges::sort(turns, std::greater{}, &BlockView::block_index);
  MBE_ASSIGN(const Notes known, notes());
  std::vector<ConversationInfo> out;
  for (const BlockView& turn : turns) {
    if (turn.session.empty()) continue;
    auto listed = std::ranges::find(out, turn.session, &ConversationInfo::conversation);
    if (listed == out.end()) {
      if (out.size() == conversations_max) continue;
      MBE_ASSIGN(ConversationInfo info, info_of(known, turn.session));
      info.last_ms = turn.timestamp_ms;
      listed = out.insert(out.end(), std::move(info));
    }
    ++listed->turns;
  }
  return out;
}

Result<ConversationTree> Conversations::tree(const std::string& conversation) {
  MBE_ASSIGN(const Notes known, notes());
  ConversationTree out;
  MBE_ASSIGN(out.turns, all_turns(known, conversation, turns_max));
  const bool is_there = std::ranges::any_of(
      out.turns, [&](const auto& turn) { return turn.conversation == conversation; });
  if (!is_there)
    return fail(ErrorCode::not_found,
                "no conversation is called {}; `mbe conversations` lists them", conversation);
  MBE_ASSIGN(ConversationInfo info, info_of(known, conversation));
  out.conversation = conversation;
  out.title = std::move(info.title);
  out.of = std::move(info.of);
  std::string before;  // whose turn the one before is
  for (ConversationTurn& turn : out.turns) {
    const Branch* own = known.branch(turn.conversation);
    const bool begins = own != nullptr && turn.conversation != before;
    before = turn.conversation;
    const std::uint64_t at = begins ? own->at : turn.id;
    for (const Branch& branch : known.branches) {
      if (branch.at != at) continue;
      if (turn.versions.empty()) turn.versions.push_back(branch.of);
      turn.versions.push_back(branch.conversation);
    }
  }
  return out;
}

Result<std::vector<std::uint64_t>> Conversations::said(const std::string& conversation,
                                                       std::size_t most) {
  MBE_ASSIGN(const Notes known, notes());
  MBE_ASSIGN(const std::vector<ConversationTurn> turns, all_turns(known, conversation, most));
  std::vector<std::uint64_t> out;
  for (const ConversationTurn& turn : turns) out.push_back(turn.block.block_index);
  return out;
}

Result<BranchPoint> Conversations::branch_point(const std::string& conversation, std::uint64_t id) {
  MBE_ASSIGN(const Notes known, notes());
  MBE_ASSIGN(const std::vector<ConversationTurn> turns, all_turns(known, conversation, turns_max));
  const auto edited = std::ranges::find(turns, id, &ConversationTurn::id);
  if (edited == turns.end()) {
    return fail(ErrorCode::not_found, "turn {} is not one of the conversation {}", id,
                conversation);
  }
  if (is_answer(edited->block)) {
    return fail(ErrorCode::invalid_argument, "turn {} is an answer; edit the question it answers",
                id);
  }
  BranchPoint out{edited->conversation, id, {}};
  // The first question of a branch: another version of the one it is a version of.
  const Branch* own = known.branch(edited->conversation);
  const bool begins =
      edited == turns.begin() || std::prev(edited)->conversation != edited->conversation;
  if (own != nullptr && begins) {
    out.of = own->of;
    out.at = own->at;
  }
  for (auto turn = turns.begin(); turn != edited; ++turn) {
    out.before.push_back(turn->block.block_index);
  }
  return out;
}

Result<void> Conversations::keep_branch(const std::string& conversation, const BranchPoint& point,
                                        std::uint64_t question) {
  const Json data = {
      {"event", "branch"}, {"conversation", conversation}, {"of", point.of}, {"at", point.at}};
  MBE_TRY(memory_.record(
      {.kind = "audit", .channel = conversation_channel, .data = data.dump(), .refs = {question}}));
  return {};
}

Result<void> Conversations::rename(const std::string& conversation, const std::string& title) {
  if (title.size() > title_bytes_max) {
    return fail(ErrorCode::limit, "a title has {} bytes, the limit is {}; shorten it", title.size(),
                title_bytes_max);
  }
  if (first_invalid_utf8(title)) {
    return fail(ErrorCode::invalid_argument, "the title is not UTF-8");
  }
  MBE_ASSIGN(const std::vector<ConversationTurn> turns, own_turns(conversation, turns_max));
  if (turns.empty()) {
    return fail(ErrorCode::not_found,
                "no conversation is called {}; `mbe conversations` lists them", conversation);
  }
  const Json data = {{"event", "title"}, {"conversation", conversation}, {"title", title}};
  MBE_TRY(memory_.record({.kind = "audit",
                          .channel = conversation_channel,
                          .data = data.dump(),
                          .refs = {turns.front().block.block_index}}));
  return {};
}

Result<ForgetTarget> Conversations::deletion(const std::string& conversation) {
  ForgetTarget out;
  const auto take = [&](const BlockView& block) -> Result<void> {
    if (block.state == "ok") out.blocks.push_back(block.block_index);
    return {};
  };
  RecallFilter own;
  own.sessions = {conversation};
  MBE_TRY(each_block(memory_, own, 0, take));
  RecallFilter repeats;
  repeats.kinds = {"pin"};
  repeats.keywords = {said_in(conversation)};
  MBE_TRY(each_block(memory_, repeats, 0, [&](const BlockView& mark) {
    return mark.session == conversation ? take(mark) : Result<void>();
  }));
  if (out.blocks.empty()) {
    return fail(ErrorCode::not_found,
                "no conversation is called {}; `mbe conversations` lists them", conversation);
  }
  RecallFilter kept;
  kept.kinds = {"audit"};
  kept.channels = {conversation_channel};
  MBE_TRY(each_block(memory_, kept, 0, [&](const BlockView& block) {
    const Json data = Json::parse(block.data, nullptr, false);
    const bool is_own = data.is_object() && data.value("conversation", "") == conversation;
    return is_own ? take(block) : Result<void>();
  }));
  return out;
}

std::string Conversations::new_name() {
  return "b-" + to_base32(random_bytes(name_bytes));
}

}  // namespace mbe
