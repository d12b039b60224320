// Memory: the conversation at hand - observe, waypoints, compose - and goals.
#include <algorithm>

#include "analyse/normal_text.h"
#include "base/random.h"
#include "base/resources.h"
#include "base/utf8.h"
#include "compose/composer.h"
#include "compose/fence.h"
#include "engine/goals.h"
#include "engine/memory_parts.h"
#include "engine/recaller.h"
#include "engine/records.h"
#include "engine/retelling.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t cue_turns = 3;           ///< earlier turns an elliptical utterance leans on
constexpr std::size_t cue_bytes_max = 2'000;   ///< of them together
constexpr std::size_t goal_blocks_read = 500;  ///< the newest; older goals are in `mbe goals`
constexpr std::size_t fence_bytes = 10;        ///< 16 characters of base32, 80 bits

/// From the web, a tool or an import: recalled and marked, and left out of what a person is taken
/// for
/// - goals, mood - and, where a caller wants that, of the prompt.
bool is_outside(Trust trust) {
  return trust >= Trust::tool;
}

/// The utterance, with the turns before it where it names nothing itself ("how did that go?").
std::string cue_of(const Conversation& talk, const std::string& utterance, const Analyser& analyser,
                   TimeMs now) {
  if (!analyser.analyse(utterance, now, 0).keywords.empty()) return utterance;
  std::string cue = utterance;
  std::size_t used = 0;
  for (auto turn = talk.turns.rbegin(); turn != talk.turns.rend() && used < cue_turns; ++turn) {
    if (turn->text == utterance) continue;
    if (cue.size() + turn->text.size() > cue_bytes_max) break;
    cue = turn->text + "\n" + cue;
    ++used;
  }
  return cue;
}

std::vector<Waypoint> waypoints_from(const std::vector<RankedHit>& hits) {
  std::vector<Waypoint> out;
  for (const RankedHit& hit : hits) {
    const auto share = [&](Arm arm) { return hit.parts[static_cast<std::size_t>(arm)].share; };
    out.push_back(
        {hit.sequence, hit.score, share(Arm::keyword), share(Arm::tag), share(Arm::vector)});
  }
  return out;
}

Result<std::vector<WaypointView>> waypoint_views(const Memory::Parts& parts,
                                                 const Conversation& talk) {
  std::vector<WaypointView> out;
  for (const Waypoint& point : talk.waypoints) {
    MBE_ASSIGN(const Block block, parts.chain->read(point.block_index));
    if (block.state != BlockState::ok) continue;
    out.push_back({point.block_index, point.relevance, point.keyword, point.tag, point.vector,
                   block.payload.text});
  }
  return out;
}

/// Recalls for the utterance and spreads its hits over the conversation's waypoints; the file takes
/// part only with `keep`.
Result<Conversation> renew_waypoints(const Memory::Parts& parts, const std::string& conversation,
                                     const std::string& utterance, bool keep = true) {
  MBE_ASSIGN(Conversation before, parts.working->load(conversation));
  RecallRequest request;
  request.cue = cue_of(before, utterance, parts.analyser, parts.clock.now_ms());
  request.top_k = waypoints_max;
  request.conversation = conversation;
  MBE_ASSIGN(const RankedCue found, Recaller(parts).rank_cue(request, nullptr));
  const std::vector<Waypoint> fresh = waypoints_from(found.ranked);
  const auto renew = [&](Conversation& talk) {
    talk.waypoints = spread(talk.waypoints, fresh);
    talk.current_context = utterance;
  };
  if (keep) return parts.working->change(conversation, renew);
  renew(before);
  return before;
}

Result<PromptItem> prompt_item(const Memory::Parts& parts, std::uint64_t sequence,
                               double relevance) {
  MBE_ASSIGN(const Block block, parts.chain->read(sequence));
  if (block.state != BlockState::ok) return PromptItem{};
  const Payload& payload = block.payload;
  return PromptItem{sequence,         payload.text,  payload.speaker,
                    time_of(payload), payload.trust, relevance};
}

Result<std::vector<PromptItem>> pinned_items(const Memory::Parts& parts,
                                             const DerivedSnapshot& indexes) {
  MBE_ASSIGN(const SequenceSet pinned,
             indexes.attributes->select({.with_flags = {Flag::pinned},
                                         .without_flags = {Flag::hidden, Flag::superseded}}));
  std::vector<PromptItem> out;
  for (const std::uint64_t sequence : pinned.to_vector()) {
    MBE_ASSIGN(PromptItem item, prompt_item(parts, sequence, 1));
    if (!item.text.empty()) out.push_back(std::move(item));
  }
  return out;
}

Result<std::vector<PromptItem>> open_goal_items(const Memory::Parts& parts,
                                                const DerivedSnapshot& indexes) {
  MBE_ASSIGN(const std::vector<GoalView> goals,
             follow_goals(parts, indexes, goal_blocks_read, false));
  std::vector<PromptItem> out;
  for (const GoalView& goal : goals) {
    if (goal.state != "open") continue;
    MBE_ASSIGN(PromptItem item, prompt_item(parts, goal.block_index, 1));
    if (!item.text.empty()) out.push_back(std::move(item));
  }
  std::ranges::reverse(out);  // the latest first: a goal of years ago is the first to fall out
  return out;
}

/// The commonest emotions of the last days that have any, as one line.
Result<std::string> mood_line(const DerivedSnapshot& indexes, const Analyser& analyser,
                              Language language) {
  constexpr std::size_t recent_blocks = 30;
  constexpr std::size_t labels_max = 3;
  const std::vector<std::uint64_t> all = indexes.attributes->all().to_vector();
  const std::size_t from = all.size() > recent_blocks ? all.size() - recent_blocks : 0;
  std::vector<std::pair<std::string, int>> counts;
  for (std::size_t i = from; i < all.size(); ++i) {
    MBE_ASSIGN(const auto record, indexes.attributes->record(all[i]));
    const bool tells =
        record && !is_outside(record->trust) && !std::ranges::count(record->keywords, retold_mark);
    for (const std::string& tag : tells ? record->tags : std::vector<std::string>{}) {
      if (!analyser.is_emotion(tag)) continue;
      const auto known = std::ranges::find(counts, tag, &std::pair<std::string, int>::first);
      if (known == counts.end()) {
        counts.emplace_back(tag, 1);
      } else {
        ++known->second;
      }
    }
  }
  std::ranges::stable_sort(counts, std::greater{}, &std::pair<std::string, int>::second);
  std::string out;
  for (std::size_t i = 0; i < std::min(counts.size(), labels_max); ++i) {
    if (!out.empty()) out += ", ";
    out += analyser.tag_label(counts[i].first, language);
  }
  return out;
}

/// Of the days that the input names, what mattered most on them: "today" brings back today, however
/// little its words have in common with the question.
Result<std::vector<WaypointView>> of_named_days(Memory& memory, const Analysis& analysis) {
  constexpr std::size_t blocks_looked_at = 500;
  constexpr std::size_t blocks_max = 12;
  constexpr float relevance = 0.3F;  // beside what recall finds, before what it hardly finds
  std::vector<BlockView> found;
  for (const DateMention& days : analysis.dates) {
    ListRequest request;
    request.filter.from_ms = days.from_ms;
    request.filter.until_ms = days.until_ms;
    request.filter.kinds = {"utterance", "fact", "supersede"};
    request.limit = blocks_looked_at;
    MBE_ASSIGN(const std::vector<BlockView> blocks, memory.list(request));
    for (const BlockView& block : blocks) {
      if (!block.superseded_by && block.state == "ok") found.push_back(block);
    }
  }
  std::ranges::stable_sort(found, std::greater{}, &BlockView::importance);
  if (found.size() > blocks_max) found.resize(blocks_max);
  std::vector<WaypointView> out;
  for (BlockView& block : found) {
    out.push_back({block.block_index, relevance, 0, 0, 0, std::move(block.context)});
  }
  return out;
}

/// Views of the blocks that a caller chose; what is erased is left out.
Result<std::vector<WaypointView>> chosen_views(const Memory::Parts& parts,
                                               const std::vector<WaypointChoice>& choices) {
  std::vector<WaypointView> out;
  for (const WaypointChoice& choice : choices) {
    const bool known =
        std::ranges::find(out, choice.block_index, &WaypointView::block_index) != out.end();
    MBE_ASSIGN(const Block block, parts.chain->read(choice.block_index));
    if (known || block.state != BlockState::ok) continue;
    out.push_back({choice.block_index, choice.relevance, 0, 0, 0, block.payload.text});
  }
  return out;
}

/// What comes to mind: the waypoints, and what the days that the input names hold.
Result<std::vector<WaypointView>> came_to_mind(Memory& memory, const ComposeRequest& request,
                                               const Conversation& talk) {
  const Memory::Parts& parts = memory.parts();
  MBE_ASSIGN(std::vector<WaypointView> points, waypoint_views(parts, talk));
  const Analysis analysis =
      parts.analyser.analyse(request.input, parts.clock.now_ms(), request.utc_offset_minutes);
  MBE_ASSIGN(const std::vector<WaypointView> days, of_named_days(memory, analysis));
  for (const WaypointView& day : days) {
    const bool known =
        std::ranges::find(points, day.block_index, &WaypointView::block_index) != points.end();
    if (!known) points.push_back(day);
  }
  // What was asked before in the same words tells nothing.
  const std::string asked = folded(request.input);
  std::erase_if(points, [&](const WaypointView& point) { return folded(point.context) == asked; });
  return points;
}

/// Whether a text repeats another: how that begins, on one line, stands in it.
bool repeats(const std::string& text, const std::string& other) {
  constexpr std::size_t bytes_compared = 60;
  std::string beginning = other;
  std::ranges::replace(beginning, '\n', ' ');
  return text.find(utf8_prefix(beginning, bytes_compared)) != std::string::npos;
}

/// What a turn is to be fenced as, because it came from outside or is an answer that repeats what
/// did: an answer made of memories would else carry them out of their fence. Nothing else.
Result<std::optional<PromptItem>> outside_words(const Memory::Parts& parts, const Turn& turn) {
  if (!turn.block_index) return std::optional<PromptItem>();
  MBE_ASSIGN(const Block block, parts.chain->read(*turn.block_index));
  const Payload& payload = block.payload;
  if (block.state != BlockState::ok || !is_outside(payload.trust)) {
    return std::optional<PromptItem>();
  }
  bool outside = !turn.from_assistant;
  for (const Reference& reference : payload.refs) {
    if (outside || !reference.chain.empty()) continue;
    MBE_ASSIGN(const Block source, parts.chain->read(reference.sequence));
    outside = source.state == BlockState::ok && is_outside(source.payload.trust) &&
              repeats(turn.text, source.payload.text);
  }
  if (!outside) return std::optional<PromptItem>();
  return std::optional(PromptItem{*turn.block_index, turn.text, payload.speaker, time_of(payload),
                                  payload.trust, 0});
}

bool is_turn(const Conversation& talk, std::uint64_t block_index) {
  return std::ranges::any_of(talk.turns,
                             [&](const Turn& turn) { return turn.block_index == block_index; });
}

Result<PromptFormat> format_of(const std::string& name) {
  if (name == "plain") return PromptFormat::plain;
  if (name == "openai") return PromptFormat::openai;
  if (name == "anthropic") return PromptFormat::anthropic;
  if (name == "memory") return PromptFormat::memory;
  return fail(ErrorCode::invalid_argument, "`{}` is not a format: plain, openai, anthropic", name);
}

}  // namespace

Result<ObserveResult> Memory::observe(const ObserveRequest& request) {
  MBE_TRY(check_text(request.text));
  if (request.remember != "auto" && request.remember != "always" && request.remember != "never") {
    return fail(ErrorCode::invalid_argument, "`{}` is not one of auto, always, never",
                request.remember);
  }
  // Waypoints first: the utterance itself must not be what it brings to mind.
  Conversation talk;
  if (request.renew) {
    MBE_ASSIGN(talk, renew_waypoints(*parts_, request.conversation, request.text));
  }
  ObserveResult out;
  RememberRequest as = request.as;
  as.text = request.text;
  as.speaker = request.speaker;
  if (as.session.empty()) as.session = request.conversation;
  if (request.from_assistant && as.kind == "utterance") as.kind = "answer";
  Analysis analysis;
  MBE_ASSIGN(const Payload payload, parts_->payload_of(as, analysis));
  const bool keep =
      request.remember == "always" || (request.remember == "auto" && !analysis.is_chatter);
  out.block_index = request.block_index;
  if (keep && !out.block_index) {
    MBE_ASSIGN(const RememberReceipt receipt, parts_->append(payload, std::move(analysis)));
    out.block_index = receipt.block_index;
  }
  const TimeMs now = parts_->clock.now_ms();
  MBE_ASSIGN(talk, parts_->working->change(request.conversation, [&](Conversation& changed) {
    changed.add({request.speaker, request.text, request.from_assistant, now, 0, out.block_index},
                parts_->working->limits());
  }));
  MBE_ASSIGN(out.waypoints, waypoint_views(*parts_, talk));
  return out;
}

Result<std::vector<TurnView>> Memory::short_term(const std::string& conversation) {
  MBE_ASSIGN(const Conversation talk, parts_->working->load(conversation));
  std::vector<TurnView> out;
  for (const Turn& turn : talk.turns) {
    out.push_back({turn.speaker, turn.text, turn.from_assistant, turn.time_ms, turn.expires_ms,
                   turn.block_index});
  }
  return out;
}

Result<std::vector<WaypointView>> Memory::waypoints(const std::string& conversation) {
  MBE_ASSIGN(const Conversation talk, parts_->working->load(conversation));
  return waypoint_views(*parts_, talk);
}

Result<std::vector<WaypointView>> Memory::update_waypoints(const std::string& conversation,
                                                           const std::string& utterance) {
  MBE_TRY(check_text(utterance));
  MBE_ASSIGN(const Conversation talk, renew_waypoints(*parts_, conversation, utterance));
  return waypoint_views(*parts_, talk);
}

Result<ComposeResult> Memory::compose(const ComposeRequest& request) {
  MBE_TRY(check_text(request.input));
  if (!request.identity.empty()) MBE_TRY(check_text(request.identity));
  PromptRequest prompt;
  MBE_ASSIGN(prompt.format, format_of(request.format));
  MBE_ASSIGN(const Conversation talk,
             request.waypoints
                 ? parts_->working->load(request.conversation)
                 : renew_waypoints(*parts_, request.conversation, request.input, request.keep));
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  const bool english = request.language.empty() ? script_of(request.input) == Language::english
                                                : request.language == "en";
  const Language language = english ? Language::english : Language::korean;
  MBE_ASSIGN(const auto file, find_resource(english ? "templates/en.json" : "templates/ko.json"));
  MBE_ASSIGN(const PromptTemplates words, PromptTemplates::load(file));
  prompt.input = request.input;
  prompt.identity = request.identity;
  prompt.budget_tokens = request.budget_tokens;
  prompt.utc_offset_minutes = request.utc_offset_minutes;
  prompt.fence = to_base32(random_bytes(fence_bytes));
  MBE_ASSIGN(prompt.pinned, pinned_items(*parts_, indexes));
  MBE_ASSIGN(prompt.goals, open_goal_items(*parts_, indexes));
  MBE_ASSIGN(prompt.mood, mood_line(indexes, parts_->analyser, language));
  const SequenceSet superseded = indexes.attributes->flagged(Flag::superseded);
  const SequenceSet hidden = indexes.attributes->flagged(Flag::hidden);
  MBE_ASSIGN(const std::vector<WaypointView> points, request.waypoints
                                                         ? chosen_views(*parts_, *request.waypoints)
                                                         : came_to_mind(*this, request, talk));
  const bool alone = prompt.format == PromptFormat::memory;
  for (const WaypointView& point : points) {
    if (superseded.contains(point.block_index) || hidden.contains(point.block_index)) continue;
    const bool is_shown = alone ? std::ranges::count(request.shown, point.context) > 0
                                : is_turn(talk, point.block_index);  // among the turns
    if (is_shown) continue;
    MBE_ASSIGN(PromptItem item, prompt_item(*parts_, point.block_index, point.relevance));
    if (!item.text.empty()) prompt.memories.push_back(std::move(item));
  }
  for (const Turn& turn : talk.turns) {
    if (alone) break;
    if (&turn == &talk.turns.back() && turn.text == request.input) continue;
    PromptTurn shown{turn.from_assistant, turn.speaker, turn.text};
    MBE_ASSIGN(const auto outside, outside_words(*parts_, turn));
    if (outside) shown.text = "\n" + fenced(*outside, turn.text, prompt, words);
    prompt.turns.push_back(std::move(shown));
  }
  MBE_ASSIGN(Prompt made, mbe::compose(prompt, words, EstimatedTokens()));
  return ComposeResult{std::move(made.text),     made.tokens,
                       std::move(made.included), std::move(made.cut),
                       std::move(made.left_out), points};
}

Result<void> Memory::resume(const std::string& conversation,
                            const std::vector<std::uint64_t>& blocks) {
  MBE_ASSIGN(const Conversation before, parts_->working->load(conversation));
  if (!before.turns.empty() || blocks.empty()) return {};
  std::vector<Turn> turns;
  const TimeMs now = parts_->clock.now_ms();
  for (const std::uint64_t index : blocks) {
    MBE_ASSIGN(const Block block, parts_->chain->read(index));
    if (block.state != BlockState::ok) continue;
    const Payload& said = block.payload;
    const bool is_answer = said.kind == Kind::answer || said.kind == Kind::creation;
    turns.push_back({said.speaker, said.text, is_answer, now, 0, index});
  }
  MBE_TRY(parts_->working->change(conversation, [&](Conversation& talk) {
    if (!talk.turns.empty()) return;
    for (Turn& turn : turns) talk.add(std::move(turn), parts_->working->limits());
  }));
  return {};
}

Result<std::vector<GoalView>> Memory::goals() {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  return follow_goals(*parts_, indexes);
}

}  // namespace mbe
