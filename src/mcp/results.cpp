#include "mcp/results.h"

#include <algorithm>

#include "base/datetime.h"
#include "base/random.h"
#include "base/utf8.h"
#include "block/payload.h"
#include "compose/fence.h"

namespace mbe::mcp {

namespace {

constexpr std::size_t fence_bytes = 10;
constexpr std::size_t offset_max = 10'000'000;
constexpr std::size_t bytes_per_token = 2;  // a cut text is shorter than its budget, never longer

std::size_t tokens_of(const Json& value) {
  return EstimatedTokens().count(json_line(value));
}

bool is_block(const Json& value) {
  return value.is_object() && value.contains("block_index") && value.contains("context") &&
         value.contains("trust");
}

bool says_nothing(const Json& value) {
  return value.is_null() || value == false || (value.is_array() && value.empty());
}

Json lean_block(const Json& block, bool in_list) {
  constexpr std::string_view in_no_answer[] = {"embedding",    "arms",     "span",
                                               "keywords_now", "tags_now", "tags_derived"};
  constexpr std::string_view in_no_list[] = {"hash", "prev_hash", "recorded", "channel"};
  const auto among = [](const auto& names, const std::string& name) {
    return std::ranges::find(names, name) != std::end(names);
  };
  Json out = Json::object();
  for (const auto& [name, value] : block.items()) {
    if (says_nothing(value) || among(in_no_answer, name)) continue;
    if (in_list && (among(in_no_list, name) || (name == "state" && value == "ok"))) continue;
    out[name] = value;
  }
  return out;
}

Json lean_value(Json value, bool in_list) {
  if (is_block(value)) value = lean_block(value, in_list);
  if (!value.is_structured()) return value;
  for (auto& [name, member] : value.items()) {
    member = lean_value(std::move(member), in_list || value.is_array());
  }
  return value;
}

/// The list that is paged; null if there is none.
Json* list_in(Json& result) {
  for (auto& [name, member] : result.items()) {
    if (member.is_array() && !member.empty() && member.front().is_object()) return &member;
  }
  return nullptr;
}

Result<std::size_t> taken(Json& arguments, const char* name, std::size_t usual, std::size_t max) {
  const auto found = arguments.find(name);
  if (found == arguments.end()) return usual;
  const Json value = *found;
  arguments.erase(name);
  if (value.is_null()) return usual;
  if (!value.is_number_integer() || value < 0) {
    return fail(ErrorCode::invalid_argument, "`{}` is a whole number from 0 on", name);
  }
  if (value > max) return fail(ErrorCode::limit, "`{}` is at most {}", name, max);
  return value.get<std::size_t>();
}

/// The item with a text so short that it fits.
Json cut_to(Json item, std::size_t tokens) {
  Json& holder = item.contains("block") ? item["block"] : item;
  for (const char* name : {"context", "text"}) {
    if (!holder.contains(name) || !holder[name].is_string()) continue;
    const std::string whole = holder[name];
    for (std::size_t bytes = tokens * bytes_per_token; tokens_of(item) > tokens; bytes /= 2) {
      holder[name] = std::string(utf8_prefix(whole, bytes));
      holder["cut"] = true;
      if (bytes == 0) break;
    }
  }
  return item;
}

std::string text_of(const Json& block, const char* name) {
  const auto found = block.find(name);
  return found != block.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string fenced_block(const Json& block, const PromptRequest& request) {
  PromptTemplates words;
  words.unknown_time = "time unknown";
  PromptItem item;
  item.sequence = block["block_index"].get<std::uint64_t>();
  item.speaker = text_of(block, "speaker");
  if (const std::string source = text_of(block, "source"); !source.empty()) {
    item.speaker += (item.speaker.empty() ? "from " : " from ") + source;
  }
  if (const auto time = parse_time(text_of(block, "timestamp"))) item.time_ms = *time;
  item.trust = trust_from_name(text_of(block, "trust")).value_or(Trust::web);
  return fenced(item, text_of(block, "context"), request, words);
}

}  // namespace

Result<Page> take_page(Json& arguments) {
  Page out;
  MBE_ASSIGN(out.offset, taken(arguments, "offset", 0, offset_max));
  MBE_ASSIGN(out.budget_tokens,
             taken(arguments, "budget_tokens", budget_tokens_usual, budget_tokens_max));
  return out;
}

Json lean_result(Json result) {
  return lean_value(std::move(result), false);
}

Json one_page(Json result, const Page& page) {
  Json* list = list_in(result);
  if (list == nullptr) return result;
  const Json all = std::exchange(*list, Json::array());
  const std::size_t frame = tokens_of(result);
  std::size_t left = page.budget_tokens - std::min(page.budget_tokens, frame);
  std::size_t at = std::min(page.offset, all.size());
  for (; at < all.size(); ++at) {
    Json item = all[at];
    std::size_t cost = tokens_of(item) + 1;
    if (cost > left && list->empty()) {
      item = cut_to(std::move(item), left);
      cost = left;
    }
    if (cost > left) break;
    left -= cost;
    list->push_back(std::move(item));
  }
  if (at < all.size()) result["next_offset"] = at;
  return result;
}

Json one_page_of_text(Json block, const Page& page) {
  const std::string whole = text_of(block, "context");
  const std::size_t from = utf8_prefix(whole, page.offset).size();
  const std::string rest = whole.substr(from);
  block["context"] = rest;
  if (tokens_of(block) > page.budget_tokens) {
    block["context"] = "";
    const std::size_t frame = tokens_of(block);
    block["context"] = rest;
    // However small the budget, each page brings the text forward.
    constexpr std::size_t tokens_least = 8;
    const std::size_t left =
        std::max(page.budget_tokens - std::min(page.budget_tokens, frame), tokens_least);
    std::size_t bytes = std::min(rest.size(), left * 4);
    while (EstimatedTokens().count(utf8_prefix(rest, bytes)) > left) bytes -= (bytes + 7) / 8;
    block["context"] = std::string(utf8_prefix(rest, bytes));
  }
  const std::size_t end = from + text_of(block, "context").size();
  if (end < whole.size()) block["next_offset"] = end;
  return block;
}

std::string fenced_text(const Json& result, const std::string& notice) {
  PromptRequest request;
  request.fence = to_base32(random_bytes(fence_bytes));
  std::string out;
  Json rest = result;
  if (is_block(result)) {
    out = fenced_block(result, request);
    for (const char* name : {"context", "keywords", "tags", "speaker", "session", "source"}) {
      rest.erase(name);
    }
  }
  for (auto& [name, member] : rest.items()) {
    if (!member.is_array() || member.empty() || !is_block(member.front())) continue;
    for (const Json& block : member) out += fenced_block(block, request);
    member = member.size();
  }
  if (!out.empty()) return notice + "\n" + out + json_line(rest) + "\n";
  return notice + "\n[[memory " + request.fence + "]]\n" + escape_fences(json_line(result)) +
         "\n[[/memory " + request.fence + "]]\n";
}

}  // namespace mbe::mcp
