#include "llm/openai_style.h"

#include <nlohmann/json.hpp>

#include "base/control_tokens.h"
#include "base/utf8.h"
#include "llm/http_client.h"
#include "llm/sse_reader.h"

namespace mbe {

namespace {

using nlohmann::json;

constexpr std::size_t detail_bytes_max = 300;
constexpr std::size_t text_bytes_max = 4'000'000;  // far more than any model says at once

/// Only the system's words may hold marks of a chat template: a server that runs a model itself
/// reads them as such wherever they stand.
Result<std::string> body_of(const ChatRequest& request, const std::string& model) {
  json messages = json::array();
  for (const ChatMessage& message : request.messages) {
    MBE_ASSIGN(std::string escaped, escape_control_tokens(message.text));
    const bool is_ours = message.role == "system";
    messages.push_back({{"role", message.role}, {"content", is_ours ? message.text : escaped}});
  }
  json out = {{"messages", std::move(messages)},
              {"max_tokens", request.tokens_max},
              {"temperature", request.temperature},
              {"stream", true},
              {"stream_options", {{"include_usage", true}}}};
  if (!model.empty()) out["model"] = model;
  if (!request.stop.empty()) out["stop"] = request.stop;
  if (!request.schema.empty()) {
    out["response_format"] = {{"type", "json_schema"},
                              {"json_schema", {{"name", "note"}, {"strict", true}}}};
    out["response_format"]["json_schema"]["schema"] = json::parse(request.schema);
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// What the server says of a failure, short and without control characters.
std::string detail_of(const std::string& body) {
  const json parsed = json::parse(body, nullptr, false);
  std::string out = body;
  if (parsed.is_object() && parsed.contains("error")) {
    const json* error = &parsed["error"];
    if (error->is_object() && error->contains("message")) error = &(*error)["message"];
    if (error->is_string()) out = error->get<std::string>();
  }
  out.resize(first_invalid_utf8(out).value_or(out.size()));
  out = utf8_prefix(out, detail_bytes_max);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return out;
}

Error refusal(const std::string& url, const HttpReply& reply) {
  const std::string detail = detail_of(reply.body);
  const auto with = [&](ErrorCode code) {
    return fail(code, "the model server at {} answered {}: {}", url, reply.status, detail);
  };
  // How llama.cpp and OpenAI name a conversation that is too long.
  if (reply.body.find("exceed_context_size") != std::string::npos ||
      reply.body.find("context_length_exceeded") != std::string::npos) {
    return with(ErrorCode::limit);
  }
  constexpr long unauthorized = 401, forbidden = 403, too_many = 429, bad = 400, too_large = 413;
  switch (reply.status) {
    case unauthorized:
    case forbidden:
      return with(ErrorCode::denied);
    case too_many:
      return with(ErrorCode::busy);
    case too_large:
      return with(ErrorCode::limit);
    case bad:
      return with(ErrorCode::invalid_argument);
    default:
      return with(ErrorCode::unavailable);
  }
}

/// Reads the chunks of one answer.
class Chunks {
 public:
  explicit Chunks(const OnText& on_text) : on_text_(on_text) {}

  bool take(const std::string& data) {
    if (data == "[DONE]") return false;
    const json chunk = json::parse(data, nullptr, false);
    broken_ = !chunk.is_object();
    if (broken_) return false;
    if (chunk.contains("error")) {
      failed_ = detail_of(data);
      return false;
    }
    take_usage(chunk);
    const auto choices = chunk.find("choices");
    if (choices == chunk.end() || !choices->is_array() || choices->empty()) return true;
    const json& choice = choices->front();
    if (!choice.is_object()) return true;
    reply_.cut =
        reply_.cut || (choice.contains("finish_reason") && choice["finish_reason"] == "length");
    finished_ =
        finished_ || (choice.contains("finish_reason") && !choice["finish_reason"].is_null());
    const auto delta = choice.find("delta");
    if (delta == choice.end() || !delta->is_object()) return true;
    const auto content = delta->find("content");
    if (content == delta->end() || !content->is_string()) return true;
    const auto& text = content->get_ref<const std::string&>();
    too_large_ = reply_.text.size() + text.size() > text_bytes_max;
    if (too_large_) return false;
    reply_.text += text;
    if (on_text_ && !text.empty()) on_text_(text);
    return true;
  }

  Result<ChatReply> reply(const std::string& url) {
    if (failed_) {
      return fail(ErrorCode::unavailable, "the model server at {} failed in its answer: {}", url,
                  *failed_);
    }
    if (broken_) return fail(ErrorCode::corrupt, "what {} sent is no chat completion", url);
    if (too_large_) {
      return fail(ErrorCode::limit, "{} answered more than {} bytes", url, text_bytes_max);
    }
    if (!finished_) {
      return fail(ErrorCode::unavailable, "the model server at {} ended in the middle", url);
    }
    return std::move(reply_);
  }

 private:
  void take_usage(const json& chunk) {
    const auto usage = chunk.find("usage");
    if (usage == chunk.end() || !usage->is_object()) return;
    const auto count = [&](const char* name) {
      const auto value = usage->find(name);
      return value != usage->end() && value->is_number_unsigned() ? value->get<std::size_t>() : 0;
    };
    reply_.prompt_tokens = count("prompt_tokens");
    reply_.completion_tokens = count("completion_tokens");
  }

  const OnText& on_text_;
  ChatReply reply_;
  std::optional<std::string> failed_;
  bool broken_ = false, finished_ = false, too_large_ = false;
};

class OpenAiStyle final : public ChatModel {
 public:
  explicit OpenAiStyle(OpenAiStyleOptions options) : options_(std::move(options)) {}

  Result<ChatReply> answer(const ChatRequest& request, const std::stop_token& stop,
                           const OnText& on_text) override {
    HttpCall call;
    call.url = options_.base_url + "/chat/completions";
    call.unix_socket = options_.unix_socket;
    call.headers = {"Content-Type: application/json", "Expect:"};
    if (!options_.key.empty()) call.headers.push_back("Authorization: Bearer " + options_.key);
    MBE_ASSIGN(call.body, body_of(request, options_.model));
    Chunks chunks(on_text);
    SseReader events(
        [&](const std::string&, const std::string& data) { return chunks.take(data); });
    MBE_ASSIGN(const HttpReply reply,
               http_call(call, stop, [&](std::string_view bytes) { return events.feed(bytes); }));
    if (reply.status != 200) return refusal(call.url, reply);
    return chunks.reply(call.url);
  }

 private:
  OpenAiStyleOptions options_;
};

}  // namespace

std::unique_ptr<ChatModel> openai_style(OpenAiStyleOptions options) {
  return std::make_unique<OpenAiStyle>(std::move(options));
}

}  // namespace mbe
