#include "compose/composer.h"

#include <algorithm>
#include <fstream>

#include "base/control_tokens.h"
#include "base/json.h"
#include "compose/budget.h"
#include "compose/fence.h"

namespace mbe {

namespace {

using nlohmann::json;

// Shares of what is left once frame, identity and input are paid; docs/formulas/budget.md.
constexpr double pinned_share = 0.25;
constexpr double goals_share = 0.10;
constexpr double turns_share = 0.35;

std::string with_fence(std::string text, const std::string& fence) {
  constexpr std::string_view hole = "{fence}";
  for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at)) {
    text.replace(at, hole.size(), fence);
  }
  return text;
}

/// The parts of a prompt before they take the form of one format.
struct Parts {
  std::string system;
  std::string stable;         ///< pinned memories: the same from turn to turn
  std::string recalled;       ///< goals, mood, memories
  std::string opens, closes;  ///< around memory alone
  std::vector<PromptTurn> turns;
  std::string input;
};

/// A turn whose speaker has no name goes by the role.
std::string turn_line(const PromptTurn& turn, const PromptTemplates& words) {
  const std::string& role = turn.from_assistant ? words.assistant : words.person;
  return (turn.speaker.empty() ? role : turn.speaker) + ": " + turn.text;
}

std::string plain_text(const Parts& parts, const PromptTemplates& words) {
  std::string out = parts.system + "\n\n" + parts.stable + parts.recalled;
  if (!parts.turns.empty()) out += words.turns + "\n";
  for (const PromptTurn& turn : parts.turns) out += turn_line(turn, words) + "\n";
  return out + words.input + "\n" + parts.input + "\n";
}

/// Messages of one role may not follow each other in some APIs, so neighbours are joined.
void add_message(json& messages, std::string_view role, const std::string& content) {
  if (content.empty()) return;
  if (!messages.empty() && messages.back()["role"] == role) {
    messages.back()["content"] = messages.back()["content"].get<std::string>() + "\n" + content;
    return;
  }
  messages.push_back({{"role", role}, {"content", content}});
}

json chat_messages(const Parts& parts) {
  json messages = json::array();
  add_message(messages, "user", parts.stable);
  add_message(messages, "user", parts.recalled);
  for (const PromptTurn& turn : parts.turns) {
    add_message(messages, turn.from_assistant ? "assistant" : "user", turn.text);
  }
  add_message(messages, "user", parts.input);
  return messages;
}

std::string render(const Parts& parts, const PromptTemplates& words, PromptFormat format) {
  if (format == PromptFormat::plain) return plain_text(parts, words);
  if (format == PromptFormat::memory) {
    return parts.opens + "\n" + parts.stable + parts.recalled + parts.closes + "\n";
  }
  const json messages = chat_messages(parts);
  if (format == PromptFormat::anthropic) {
    return json{{"system", parts.system}, {"messages", messages}}.dump();
  }
  json all = json::array({{{"role", "system"}, {"content", parts.system}}});
  all.insert(all.end(), messages.begin(), messages.end());
  return json{{"messages", all}}.dump();
}

std::string section(const std::string& title, const std::vector<PromptItem>& items,
                    const std::vector<Chosen>& chosen, const PromptRequest& request,
                    const PromptTemplates& words, Prompt& prompt) {
  if (chosen.empty()) return "";
  std::string out = title + "\n";
  for (const Chosen& one : chosen) {
    const PromptItem& item = items[one.index];
    out += fenced(item, one.text, request, words);
    prompt.included.push_back(item.sequence);
    if (one.cut) prompt.cut.push_back(item.sequence);
  }
  return out;
}

/// The newest turns that fit, oldest first. The latest one is kept if it fits at all.
std::vector<PromptTurn> newest_turns(const std::vector<PromptTurn>& turns, std::size_t tokens,
                                     const PromptTemplates& words, const TokenMeter& counter,
                                     std::size_t& spent) {
  std::vector<PromptTurn> kept;
  spent = 0;
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    const std::size_t cost =
        counter.count(turn_line(*turn, words)) + 4;  // 4: a message's own frame
    if (spent + cost > tokens) break;
    spent += cost;
    kept.push_back(*turn);
  }
  std::ranges::reverse(kept);
  return kept;
}

std::size_t share(std::size_t tokens, double part) {
  return static_cast<std::size_t>(static_cast<double>(tokens) * part);
}

/// Memories in time order with the least relevant beyond memories_max dropped.
std::vector<PromptItem> candidates(const PromptRequest& request) {
  std::vector<PromptItem> items = request.memories;
  std::ranges::stable_sort(items, std::greater{}, &PromptItem::relevance);
  if (items.size() > memories_max) items.resize(memories_max);
  const auto pinned = [&](const PromptItem& item) {
    return std::ranges::any_of(
        request.pinned, [&](const PromptItem& pin) { return pin.sequence == item.sequence; });
  };
  std::erase_if(items, pinned);
  std::ranges::stable_sort(items, {}, [](const PromptItem& item) {
    return std::pair(item.time_ms.value_or(0), item.sequence);
  });
  return items;
}

void note_left_out(const PromptRequest& request, Prompt& prompt) {
  for (const PromptItem& item : request.memories) {
    const bool in = std::ranges::find(prompt.included, item.sequence) != prompt.included.end();
    if (!in) prompt.left_out.push_back(item.sequence);
  }
}

/// What is stored or was said before, without marks that a model's chat template would obey.
Result<PromptRequest> without_control_tokens(const PromptRequest& request) {
  PromptRequest out = request;
  for (std::vector<PromptItem>* const items : {&out.pinned, &out.memories, &out.goals}) {
    for (PromptItem& item : *items) {
      MBE_ASSIGN(item.text, escape_control_tokens(item.text));
      MBE_ASSIGN(item.speaker, escape_control_tokens(item.speaker));
    }
  }
  for (PromptTurn& turn : out.turns) {
    MBE_ASSIGN(turn.text, escape_control_tokens(turn.text));
    MBE_ASSIGN(turn.speaker, escape_control_tokens(turn.speaker));
  }
  return out;
}

/// Spends `left` tokens in the order of docs/formulas/budget.md and renders the result.
Prompt fill_budget(const PromptRequest& request, Parts parts, const PromptTemplates& words,
                   const TokenMeter& counter, std::size_t left) {
  Prompt prompt;
  const BudgetContext context{request, words, counter};
  const auto spend = [&](const std::vector<PromptItem>& items, const std::vector<Chosen>& chosen) {
    for (const Chosen& one : chosen) left -= context.cost(items[one.index], one.text);
  };
  const auto pinned = choose(request.pinned, share(left, pinned_share), true, context);
  spend(request.pinned, pinned);
  const auto goals = choose(request.goals, share(left, goals_share), true, context);
  spend(request.goals, goals);
  std::size_t turns_cost = 0;
  parts.turns = newest_turns(request.turns, share(left, turns_share), words, counter, turns_cost);
  std::vector<PromptItem> items = candidates(request);
  std::erase_if(items, [&](const PromptItem& item) {  // what stands among the goals is said once
    return std::ranges::any_of(goals, [&](const Chosen& goal) {
      return request.goals[goal.index].sequence == item.sequence;
    });
  });
  const auto memories = choose(items, left - turns_cost, false, context);
  spend(items, memories);
  parts.turns = newest_turns(request.turns, left, words, counter, turns_cost);

  parts.stable = section(words.pinned, request.pinned, pinned, request, words, prompt);
  parts.recalled = section(words.goals, request.goals, goals, request, words, prompt);
  if (!request.mood.empty()) parts.recalled += words.mood + request.mood + "\n";
  parts.recalled += section(words.memories, items, memories, request, words, prompt);
  prompt.text = render(parts, words, request.format);
  prompt.tokens = counter.count(prompt.text);
  note_left_out(request, prompt);
  return prompt;
}

}  // namespace

Result<PromptTemplates> PromptTemplates::load(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) {
    return fail(ErrorCode::not_found, "prompt templates {} are missing; reinstall", file.string());
  }
  const json all = json::parse(in, nullptr, false);
  PromptTemplates words;
  const std::pair<const char*, std::string PromptTemplates::*> fields[] = {
      {"system", &PromptTemplates::system},
      {"pinned", &PromptTemplates::pinned},
      {"goals", &PromptTemplates::goals},
      {"mood", &PromptTemplates::mood},
      {"memories", &PromptTemplates::memories},
      {"turns", &PromptTemplates::turns},
      {"person", &PromptTemplates::person},
      {"assistant", &PromptTemplates::assistant},
      {"input", &PromptTemplates::input},
      {"cut", &PromptTemplates::cut},
      {"unknown_time", &PromptTemplates::unknown_time},
      {"recalled", &PromptTemplates::recalled}};
  for (const auto& [name, member] : fields) {
    if (!all.is_object() || !all.contains(name) || !all[name].is_string()) {
      return fail(ErrorCode::corrupt, "prompt templates {} lack the text {}", file.string(), name);
    }
    words.*member = all[name].get<std::string>();
  }
  const json trust = all.value("trust", json::object());
  for (const auto& [name, label] : trust.items()) {
    if (label.is_string()) words.trust[name] = label.get<std::string>();
  }
  return words;
}

Result<Prompt> compose(const PromptRequest& given, const PromptTemplates& words,
                       const TokenMeter& counter) {
  if (!is_fence(given.fence)) {
    return fail(ErrorCode::invalid_argument, "the fence must be 8 to 32 characters of [a-z0-9]");
  }
  MBE_ASSIGN(const PromptRequest request, without_control_tokens(given));
  Parts parts;
  parts.system = with_fence(words.system, request.fence);
  if (!request.identity.empty()) parts.system = request.identity + "\n\n" + parts.system;
  parts.input = request.input;
  parts.opens = with_fence(words.recalled, request.fence);
  parts.closes = "[[/memories " + request.fence + "]]";
  // Titles are paid up front, so that no later choice can overrun the budget.
  const std::string titles = words.pinned + words.goals + words.mood + request.mood +
                             words.memories + words.turns + "\n\n\n\n\n\n";
  const std::size_t frame =
      counter.count(render(parts, words, request.format)) + counter.count(titles);
  if (frame > request.budget_tokens) {
    return fail(ErrorCode::limit,
                "a budget of {} tokens cannot hold the frame and the input; give at least {}",
                request.budget_tokens, frame);
  }
  // Parts are measured one by one; a tokenizer may need a little more for the whole. Each round
  // leaves more room, and the last one holds frame and input alone, which was shown to fit.
  for (const double room : {1.0, 0.95, 0.85, 0.6, 0.3, 0.0}) {
    Prompt prompt =
        fill_budget(request, parts, words, counter, share(request.budget_tokens - frame, room));
    if (prompt.tokens > request.budget_tokens) continue;
    if (request.format == PromptFormat::memory && prompt.included.empty()) {
      prompt.text.clear();
      prompt.tokens = 0;
    }
    return prompt;
  }
  MBE_ASSERT(false && "the frame was measured to fit");
  return fail(ErrorCode::limit, "the prompt does not fit {} tokens", request.budget_tokens);
}

}  // namespace mbe
