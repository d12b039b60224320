#include "llm/chat_wire.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "base/control_tokens.h"
#include "base/resources.h"

namespace mbe {

namespace {

using nlohmann::json;

constexpr std::size_t text_bytes_max = 4'000'000;  // far more than any model says at once
/// Stands where a conversation has been cut so that it begins with an answer.
constexpr std::string_view something_said = "…";

void append(std::string& to, const std::string& text) {
  if (!to.empty() && !text.empty()) to += "\n\n";
  to += text;
}

/// Some wires refuse two turns of one speaker in a row, and empty ones.
void add_turn(std::vector<ChatMessage>& turns, const std::string& role, const std::string& text) {
  if (text.empty()) return;
  if (turns.empty() && role == "assistant") turns.push_back({"user", std::string(something_said)});
  if (!turns.empty() && turns.back().role == role) {
    append(turns.back().text, text);
  } else {
    turns.push_back({role, text});
  }
}

Result<std::string> in_words(const std::string& schema) {
  MBE_ASSIGN(const auto file, find_resource("models/json_in_words.txt"));
  std::ifstream in(file);
  return std::string(std::istreambuf_iterator<char>(in), {}) + schema;
}

}  // namespace

std::string words_of(const json& body, const std::string& otherwise) {
  for (const auto path : {std::initializer_list<const char*>{"error", "message"},
                          std::initializer_list<const char*>{"error"},
                          std::initializer_list<const char*>{"message"}}) {
    if (const std::string words = text_at(body, path); !words.empty()) return words;
  }
  return otherwise;
}

const json* find_at(const json& from, std::initializer_list<const char*> path) {
  const json* at = &from;
  for (const std::string_view step : path) {
    if (at->is_array() && step == "0" && !at->empty()) {
      at = &at->front();
      continue;
    }
    if (!at->is_object()) return nullptr;
    const auto found = at->find(step);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

std::string text_at(const json& from, std::initializer_list<const char*> path) {
  const json* found = find_at(from, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::size_t count_at(const json& from, std::initializer_list<const char*> path,
                     std::size_t otherwise) {
  constexpr double count_max = 1e12;
  const json* found = find_at(from, path);
  if (found == nullptr || !found->is_number()) return otherwise;
  return static_cast<std::size_t>(std::clamp(found->get<double>(), 0.0, count_max));
}

json plain_schema(json schema) {
  constexpr std::array<const char*, 9> limits = {"minimum",  "maximum",   "exclusiveMinimum",
                                                 "minItems", "maxItems",  "exclusiveMaximum",
                                                 "pattern",  "minLength", "maxLength"};
  if (!schema.is_object()) return schema;
  std::string description = text_at(schema, {"description"});
  for (const char* limit : limits) {
    const auto found = schema.find(limit);
    // A property may be called so too.
    if (found == schema.end() || found->is_object()) continue;
    append(description, std::string(limit) + " " + found->dump());
    schema.erase(found);
  }
  if (!description.empty() && schema.contains("type")) schema["description"] = description;
  for (const char* inner : {"items", "properties"}) {
    const auto found = schema.find(inner);
    if (found == schema.end() || !found->is_object()) continue;
    if (inner == std::string_view("items")) {
      *found = plain_schema(*found);
    } else {
      for (json& property : *found) property = plain_schema(property);
    }
  }
  return schema;
}

Result<WireQuestion> wire_question(const RemoteModelOptions& options, const ChatRequest& request) {
  WireQuestion out{options, request, {}, {}, request.tokens_max + options.thinking_tokens, {}};
  for (const ChatMessage& message : request.messages) {
    // Only the system's words may hold marks of a chat template: a server that runs a model itself
    // reads them as such wherever they stand.
    if (message.role == "system") {
      append(out.system, message.text);
    } else {
      MBE_ASSIGN(const std::string escaped, escape_control_tokens(message.text));
      add_turn(out.turns, message.role, escaped);
    }
  }
  if (request.schema.empty()) return out;
  if (options.structured) {
    out.schema = json::parse(request.schema);
  } else {
    MBE_ASSIGN(const std::string words, in_words(request.schema));
    append(out.system, words);
  }
  return out;
}

json system_and_turns(const WireQuestion& question) {
  json out = json::array();
  if (!question.system.empty()) out.push_back({{"role", "system"}, {"content", question.system}});
  for (const ChatMessage& turn : question.turns) {
    out.push_back({{"role", turn.role}, {"content", turn.text}});
  }
  return out;
}

std::vector<std::string> bearer_header(const WireQuestion& question) {
  if (question.options.key.empty()) return {};
  return {"Authorization: Bearer " + question.options.key};
}

bool WireAnswer::say(std::string_view text) {
  too_large = reply.text.size() + text.size() > text_bytes_max;
  if (too_large) return false;
  reply.text += text;
  if (on_text && !text.empty()) on_text(text);
  return true;
}

bool WireAnswer::fail_with(Trouble trouble, std::string why) {
  failed = trouble;
  detail = std::move(why);
  return false;
}

bool WireReader::take(const std::string& data) {
  if (data == "[DONE]") return false;
  const json event = json::parse(data, nullptr, false);
  answer_.broken = !event.is_object();
  if (answer_.broken) return false;
  const json* error = find_at(event, {"error"});
  if (error == nullptr || error->is_null()) return wire_.take(event, answer_);
  return answer_.fail_with(known_trouble(event).value_or(Trouble::server), words_of(event, data));
}

}  // namespace mbe
