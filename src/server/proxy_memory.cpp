#include "server/proxy_memory.h"

#include <algorithm>

#include "base/digest.h"
#include "base/utf8.h"
#include "proxy/own_words.h"

namespace mbe {

namespace {

constexpr std::size_t cue_bytes_max = 4'000;  ///< of the newest words; their begin and their end
constexpr std::size_t name_digits = 16;
constexpr std::size_t conversations_max = 4'096;
constexpr std::size_t looked_back = 8;  ///< blocks of the conversation, where a server began anew

std::string short_digest(std::string_view text) {
  return to_hex(view(sha256(text))).substr(0, name_digits);
}

/// A person who pastes a document says what to do with it before or behind it.
std::string cue_of(const std::string& said) {
  if (said.size() <= cue_bytes_max) return said;
  std::string_view end = std::string_view(said).substr(said.size() - cue_bytes_max / 2);
  while (!end.empty() && (static_cast<unsigned char>(end.front()) & 0xC0U) == 0x80U) {
    end.remove_prefix(1);
  }
  return std::string(utf8_prefix(said, cue_bytes_max / 2)) + "\n" + std::string(end);
}

void add_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size()) + ':';
  out += part;
}

std::string source_of(const Heard& heard) {
  return "proxy:" + heard.turn;
}

RememberRequest as_of(const Heard& heard, const std::string& trust) {
  RememberRequest out;
  out.session = heard.conversation;
  out.channel = "proxy";
  out.writer = heard.who.name;
  out.trust = trust;
  return out;
}

/// Not where it was forgotten since: short-term memory is a plain file.
Result<bool> is_there(Memory& memory, const std::optional<std::uint64_t>& block) {
  if (!block) return false;
  MBE_ASSIGN(const BlockView view, memory.show(*block));
  return view.state == "ok";
}

}  // namespace

Heard ProxyMemory::heard(const WireRequest& request, const Principal& who, const std::string& chain,
                         const std::string& conversation) {
  Heard out;
  out.who = who;
  out.chain = chain;
  out.conversation = conversation;
  out.said = request.turns[*request.newest].text;
  std::string whole;
  for (const std::string& part : {std::to_string(who.account), chain, conversation}) {
    add_part(whole, part);
  }
  for (std::size_t i = 0; i < request.turns.size(); ++i) {
    const WireTurn& turn = request.turns[i];
    out.shown.push_back(turn.text);
    if (i > *request.newest) continue;
    add_part(whole, turn.from_person ? "p" : "a");
    add_part(whole, turn.text);
  }
  add_part(whole, request.previous);
  out.turn = to_hex(view(sha256(whole))).substr(0, 2 * name_digits);
  return out;
}

std::string ProxyMemory::conversation_of(const WireRequest& request, const Principal& who) {
  if (!request.conversation.empty()) return "proxy-" + short_digest(request.conversation);
  if (!request.previous.empty()) {
    const std::lock_guard lock(mutex_);
    const auto found = conversations_.find(std::to_string(who.account) + ' ' + request.previous);
    if (found != conversations_.end()) return found->second;
    return "proxy-" + short_digest(request.previous);
  }
  const auto first = std::ranges::find(request.turns, true, &WireTurn::from_person);
  return "proxy-" + short_digest(first == request.turns.end() ? "" : first->text);
}

std::optional<ProxyMemory::Turn> ProxyMemory::known(const std::string& turn) {
  const std::lock_guard lock(mutex_);
  const auto found = turns_.find(turn);
  if (found == turns_.end()) return std::nullopt;
  if (options_.clock.now_ms() - found->second.used_ms > turns_kept_ms) {
    turns_.erase(found);
    return std::nullopt;
  }
  return found->second;
}

void ProxyMemory::keep(const std::string& name, Turn turn) {
  const std::lock_guard lock(mutex_);
  turn.used_ms = options_.clock.now_ms();
  turn.use = ++uses_;
  turns_[name] = std::move(turn);
  if (turns_.size() <= turns_kept_max) return;
  turns_.erase(std::ranges::min_element(
      turns_, {}, [](const std::pair<const std::string, Turn>& one) { return one.second.use; }));
}

Result<Recalled> ProxyMemory::recall(const Heard& heard) {
  MBE_ASSIGN(const std::uint64_t erasures, heard.memory->erasures());
  Turn turn = known(heard.turn).value_or(Turn());
  if (turn.composed && turn.erasures == erasures) {
    keep(heard.turn, turn);
    return turn.recalled;
  }
  ComposeRequest request;
  request.input = cue_of(heard.said);
  request.conversation = heard.conversation;
  request.budget_tokens = options_.budget_tokens;
  request.format = "memory";
  request.shown = heard.shown;
  request.keep = false;  // take_in() renews it when nobody waits
  request.utc_offset_minutes = options_.utc_offset_minutes(options_.clock.now_ms());
  MBE_ASSIGN(ComposeResult made, heard.memory->compose(request));
  turn.recalled = {std::move(made.prompt), std::move(made.included), made.tokens};
  turn.composed = true;
  turn.erasures = erasures;
  Recalled out = turn.recalled;
  keep(heard.turn, std::move(turn));
  return out;
}

/// A server that began anew knows its log alone.
Result<std::optional<std::uint64_t>> ProxyMemory::stored_before(const Heard& heard) {
  ListRequest request;
  request.filter.sessions = {heard.conversation};
  request.filter.include_hidden = true;
  request.limit = looked_back;
  MBE_ASSIGN(const std::vector<BlockView> blocks, heard.memory->list(request));
  const TimeMs now = options_.clock.now_ms();
  for (const BlockView& block : blocks) {
    const bool recent = now - block.recorded_ms <= turns_kept_ms;
    if (recent && block.source == source_of(heard)) return std::optional(block.block_index);
  }
  return std::optional<std::uint64_t>();
}

Result<std::uint64_t> ProxyMemory::save_question(const Heard& heard) {
  RememberRequest request = as_of(heard, heard.who.trust());
  request.text = heard.said;
  request.speaker = heard.who.name;
  request.source = source_of(heard);
  request.utc_offset_minutes = options_.utc_offset_minutes(options_.clock.now_ms());
  MBE_ASSIGN(const RememberReceipt done, heard.memory->remember(request));
  return done.block_index;
}

/// A model chose the words, and perhaps a page that it read chose them for it: trust `tool`.
Result<std::uint64_t> ProxyMemory::save_answer(const Heard& heard, const Recalled& recalled,
                                               std::uint64_t question, bool partial,
                                               const Remembered& saved) {
  RememberRequest request = as_of(heard, "tool");
  request.text = saved.words;
  request.speaker = saved.speaker;
  request.kind = "answer";
  request.refs = recalled.blocks;
  request.refs.push_back(question);
  if (partial) request.data = R"({"partial":true})";
  MBE_ASSIGN(const RememberReceipt done, heard.memory->remember(request));
  return done.block_index;
}

Result<void> ProxyMemory::take_in(const Heard& heard, const Remembered& saved) {
  ObserveRequest turn;
  turn.conversation = heard.conversation;
  MBE_ASSIGN(const bool question_is_there, is_there(*heard.memory, saved.question));
  if (question_is_there) {
    turn.text = heard.said;
    turn.speaker = heard.who.name;
    turn.block_index = saved.question;
    MBE_TRY(heard.memory->observe(turn));
  }
  MBE_ASSIGN(const bool answer_is_there, is_there(*heard.memory, saved.answer));
  if (!answer_is_there) return {};
  turn.text = saved.words;
  turn.speaker = saved.speaker;
  turn.block_index = saved.answer;
  turn.from_assistant = true;
  turn.renew = false;  // what the person says leads the mind
  MBE_TRY(heard.memory->observe(turn));
  return {};
}

void ProxyMemory::note_response(const Heard& heard, const std::string& id) {
  if (id.empty()) return;
  const std::lock_guard lock(mutex_);
  if (conversations_.size() >= conversations_max) conversations_.clear();
  conversations_[std::to_string(heard.who.account) + ' ' + id] = heard.conversation;
}

Remembered ProxyMemory::save(const Heard& heard, const Recalled& recalled,
                             const ProxiedAnswer& answer) {
  Remembered out;
  const std::lock_guard one_by_one(
      saving_.at(std::hash<std::string>()(heard.turn) % saving_.size()));
  note_response(heard, answer.id);
  Turn turn = known(heard.turn).value_or(Turn());
  const auto erasures = heard.memory->erasures();
  if (!erasures.ok() || *erasures != turn.erasures) turn.question.reset();  // it may be gone
  if (!turn.question) {
    auto before = stored_before(heard);
    if (before.ok() && *before) turn.question = *before;
  }
  if (!turn.question) {
    const auto saved = save_question(heard);
    if (!saved.ok()) {
      out.error = saved.error();
      return out;
    }
    out.question = turn.question = *saved;
  }
  out.words = own_words(answer.text);
  out.speaker = answer.model.empty() ? "assistant" : answer.model;
  const std::string digest = out.words.empty() ? "" : short_digest(out.words);
  if (!out.words.empty() && digest != turn.answer) {
    const auto saved = save_answer(heard, recalled, *turn.question, !answer.complete, out);
    if (saved.ok()) {
      out.answer = *saved;
      out.partial = !answer.complete;
      turn.answer = digest;
    } else {
      out.error = saved.error();
    }
  }
  keep(heard.turn, std::move(turn));
  return out;
}

}  // namespace mbe
