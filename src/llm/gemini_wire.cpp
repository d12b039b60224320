// Gemini's streamGenerateContent, version v1beta, as server-sent events. Source of the format: the
// provider's API reference, and the types of its Python package.
#include "llm/chat_wire.h"

namespace mbe {

namespace {

using nlohmann::json;

/// A name may be one of a path already: models/…, tunedModels/….
std::string path_of(const std::string& model) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = model.find('/') == std::string::npos ? "/models/" : "/";
  for (const char c : model) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out + ":streamGenerateContent?alt=sse";
}

json content(const std::string& text) {
  return {{"parts", json::array({{{"text", text}}})}};
}

ModelRequest request(const WireQuestion& question) {
  json contents = json::array();
  for (const ChatMessage& turn : question.turns) {
    contents.push_back(content(turn.text));
    contents.back()["role"] = turn.role == "assistant" ? "model" : turn.role;
  }
  json config = {{"maxOutputTokens", question.tokens_max},
                 {"temperature", question.request.temperature}};
  if (!question.request.stop.empty()) config["stopSequences"] = question.request.stop;
  if (!question.schema.is_null()) {
    config["responseMimeType"] = "application/json";
    config["responseJsonSchema"] = question.schema;
  }
  ModelRequest out{path_of(question.options.model), {}, {}};
  if (!question.options.key.empty()) {
    out.headers.push_back("x-goog-api-key: " + question.options.key);
  }
  out.body = {{"contents", std::move(contents)}, {"generationConfig", std::move(config)}};
  if (!question.system.empty()) out.body["systemInstruction"] = content(question.system);
  return out;
}

bool take_parts(const json& event, WireAnswer& answer) {
  const json* parts = find_at(event, {"candidates", "0", "content", "parts"});
  if (parts == nullptr || !parts->is_array()) return true;
  for (const json& part : *parts) {
    const json* thought = find_at(part, {"thought"});
    if (thought != nullptr && *thought == true) continue;
    if (!answer.say(text_at(part, {"text"}))) return false;
  }
  return true;
}

bool take(const json& event, WireAnswer& answer) {
  ChatReply& reply = answer.reply;
  if (const json* usage = find_at(event, {"usageMetadata"})) {
    reply.prompt_tokens = count_at(*usage, {"promptTokenCount"}, reply.prompt_tokens);
    reply.completion_tokens =
        count_at(*usage, {"candidatesTokenCount"}) + count_at(*usage, {"thoughtsTokenCount"});
  }
  const std::string blocked = text_at(event, {"promptFeedback", "blockReason"});
  if (!blocked.empty()) return answer.fail_with(Trouble::declined, blocked);
  if (!take_parts(event, answer)) return false;
  const std::string reason = text_at(event, {"candidates", "0", "finishReason"});
  if (reason.empty() || reason == "FINISH_REASON_UNSPECIFIED") return true;
  reply.cut = reason == "MAX_TOKENS" || reason == "CONTINUATION";
  if (reason != "STOP" && !reply.cut) return answer.fail_with(Trouble::declined, reason);
  answer.ended = true;
  return true;
}

}  // namespace

const ChatWire gemini_wire = {request, take};

}  // namespace mbe
