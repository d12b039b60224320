// Cohere's chat, version 2. Source of the format: the provider's API reference, and the types of
// its Python package.
#include <algorithm>

#include "llm/chat_wire.h"

namespace mbe {

namespace {

using nlohmann::json;

ModelRequest request(const WireQuestion& question) {
  ModelRequest out{"/chat", bearer_header(question), {}};
  out.body = {{"model", question.options.model},
              {"messages", system_and_turns(question)},
              {"max_tokens", question.tokens_max},
              {"temperature", std::clamp(question.request.temperature, 0.0, 1.0)},
              {"stream", true}};
  if (!question.request.stop.empty()) out.body["stop_sequences"] = question.request.stop;
  if (!question.schema.is_null()) {
    out.body["response_format"] = {{"type", "json_object"},
                                   {"json_schema", plain_schema(question.schema)}};
  }
  return out;
}

bool take_end(const json& delta, WireAnswer& answer) {
  ChatReply& reply = answer.reply;
  reply.prompt_tokens = count_at(delta, {"usage", "tokens", "input_tokens"});
  reply.completion_tokens = count_at(delta, {"usage", "tokens", "output_tokens"});
  const std::string reason = text_at(delta, {"finish_reason"});
  if (reason == "ERROR" || reason == "TIMEOUT") {
    const std::string why = text_at(delta, {"error"});
    return answer.fail_with(Trouble::server, why.empty() ? reason : why);
  }
  reply.cut = reason == "MAX_TOKENS";
  answer.ended = true;
  return false;
}

bool take(const json& event, WireAnswer& answer) {
  const std::string type = text_at(event, {"type"});
  if (type == "content-delta") {
    return answer.say(text_at(event, {"delta", "message", "content", "text"}));
  }
  const json* delta = find_at(event, {"delta"});
  return type != "message-end" || (delta != nullptr && take_end(*delta, answer));
}

}  // namespace

const ChatWire cohere_wire = {request, take};

}  // namespace mbe
