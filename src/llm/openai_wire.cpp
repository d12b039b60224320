// Chat completions as OpenAI's API defines them and many servers speak them. Source of the format:
// the provider's API reference, and llama.cpp's server README.
#include "llm/chat_wire.h"

namespace mbe {

namespace {

using nlohmann::json;

ModelRequest request(const WireQuestion& question) {
  ModelRequest out{"/chat/completions", bearer_header(question), {}};
  out.body = {{"messages", system_and_turns(question)},
              {"max_tokens", question.tokens_max},
              {"temperature", question.request.temperature},
              {"stream", true},
              {"stream_options", {{"include_usage", true}}}};
  if (!question.options.model.empty()) out.body["model"] = question.options.model;
  if (!question.request.stop.empty()) out.body["stop"] = question.request.stop;
  if (!question.schema.is_null()) {
    out.body["response_format"] = {
        {"type", "json_schema"},
        {"json_schema", {{"name", "note"}, {"strict", true}, {"schema", question.schema}}}};
  }
  return out;
}

bool take(const json& event, WireAnswer& answer) {
  ChatReply& reply = answer.reply;
  reply.prompt_tokens = count_at(event, {"usage", "prompt_tokens"}, reply.prompt_tokens);
  reply.completion_tokens =
      count_at(event, {"usage", "completion_tokens"}, reply.completion_tokens);
  const std::string reason = text_at(event, {"choices", "0", "finish_reason"});
  const std::string refusal = text_at(event, {"choices", "0", "delta", "refusal"});
  if (!refusal.empty()) return answer.fail_with(Trouble::declined, refusal);
  if (reason == "content_filter") return answer.fail_with(Trouble::declined, reason);
  reply.cut = reply.cut || reason == "length";
  answer.ended = answer.ended || !reason.empty();
  return answer.say(text_at(event, {"choices", "0", "delta", "content"}));
}

}  // namespace

const ChatWire openai_wire = {request, take};

}  // namespace mbe
