// Anthropic's Messages, version 2026-10-21, which takes no sampling parameters. Models of these
// days think of themselves; what they think is passed over. Source of the format: the provider's
// API reference, and the types of its Python package.
#include "llm/chat_wire.h"

namespace mbe {

namespace {

using nlohmann::json;

ModelRequest request(const WireQuestion& question) {
  json messages = json::array();
  for (const ChatMessage& turn : question.turns) {
    messages.push_back({{"role", turn.role}, {"content", turn.text}});
  }
  ModelRequest out{"/messages", bearer_header(question), {}};
  out.headers.emplace_back(anthropic_version_header);
  out.body = {{"model", question.options.model},
              {"max_tokens", question.tokens_max},
              {"messages", std::move(messages)},
              {"stream", true}};
  if (!question.system.empty()) out.body["system"] = question.system;
  if (!question.request.stop.empty()) out.body["stop_sequences"] = question.request.stop;
  if (!question.schema.is_null()) {
    out.body["output_config"] = {
        {"format", {{"type", "json_schema"}, {"schema", plain_schema(question.schema)}}}};
  }
  return out;
}

void take_usage(const json& usage, ChatReply& reply) {
  if (count_at(usage, {"input_tokens"}) > 0) {
    reply.prompt_tokens = count_at(usage, {"input_tokens"}) +
                          count_at(usage, {"cache_creation_input_tokens"}) +
                          count_at(usage, {"cache_read_input_tokens"});
  }
  reply.completion_tokens = count_at(usage, {"output_tokens"}, reply.completion_tokens);
}

bool take_end(const json& event, WireAnswer& answer) {
  if (const json* usage = find_at(event, {"usage"})) take_usage(*usage, answer.reply);
  const std::string reason = text_at(event, {"delta", "stop_reason"});
  if (reason == "refusal") {
    const std::string why = text_at(event, {"delta", "stop_details", "explanation"});
    return answer.fail_with(Trouble::declined, why.empty() ? reason : why);
  }
  answer.reply.cut = reason == "max_tokens" || reason == "model_context_window_exceeded";
  answer.ended = answer.ended || !reason.empty();
  return true;
}

bool take(const json& event, WireAnswer& answer) {
  const std::string type = text_at(event, {"type"});
  if (type == "message_start") {
    if (const json* usage = find_at(event, {"message", "usage"})) take_usage(*usage, answer.reply);
  }
  if (type == "content_block_delta" && text_at(event, {"delta", "type"}) == "text_delta") {
    return answer.say(text_at(event, {"delta", "text"}));
  }
  if (type == "message_delta") return take_end(event, answer);
  return type != "message_stop";
}

}  // namespace

const ChatWire anthropic_wire = {request, take};

}  // namespace mbe
