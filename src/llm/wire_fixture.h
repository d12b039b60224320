// The four wires as tests speak them: what each provider streams, and how it refuses. Sources: the
// providers' API references; tests/providers proves the same forms with their own clients.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "llm/remote_model.h"

namespace mbe {

inline const std::string event_stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// An answer that is no stream; headers end in \r\n each.
inline std::string refusal_of(int status, const std::string& body,
                              const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

/// An event without a name.
inline std::string data_event(const nlohmann::json& data) {
  return "data: " + data.dump() + "\n\n";
}

/// One that is called as its `type`.
inline std::string named_event(const nlohmann::json& data) {
  return "event: " + data["type"].get<std::string>() + "\n" + data_event(data);
}

struct RefusalCase {
  int status;
  std::string body;
  ErrorCode code;
  std::string says;
};

/// What one wire looks like. Streams are without their HTTP head.
struct WireTalk {
  ModelWire wire;
  std::string version, path;  ///< of the URL
  std::string begin;          ///< before the first piece
  std::string (*piece)(const std::string& text);
  std::string thought;  ///< what no reader of the answer sees
  std::string end;      ///< whole, after 12 tokens in and 3 out
  std::string cut;      ///< the limit of tokens ended it
  std::string declined;
  std::string broken;  ///< an error in the middle of the answer that may pass
  std::vector<RefusalCase> refusals;
};

/// Chat completions.
inline WireTalk openai_talk() {
  const auto finish = [](const char* reason) {
    return data_event({{"choices", {{{"delta", Json::object()}, {"finish_reason", reason}}}}});
  };
  const std::string usage = data_event(
      {{"choices", Json::array()}, {"usage", {{"prompt_tokens", 12}, {"completion_tokens", 3}}}});
  return {
      ModelWire::openai,
      "/v1",
      "/v1/chat/completions",
      data_event({{"choices", {{{"delta", {{"role", "assistant"}}}, {"finish_reason", nullptr}}}}}),
      [](const std::string& text) {
        return data_event({{"choices", {{{"delta", {{"content", text}}}}}}});
      },
      data_event({{"choices", {{{"delta", {{"reasoning_content", "secret"}}}}}}}),
      finish("stop") + usage + "data: [DONE]\n\n",
      finish("length"),
      finish("content_filter"),
      data_event({{"error", {{"message", "overloaded"}, {"type", "server_error"}}}}),
      {{401, R"({"error":{"message":"bad key","code":"invalid_api_key"}})", ErrorCode::denied,
        "bad key"},
       {403, "no", ErrorCode::denied, "key"},
       {404, R"({"error":{"message":"no m","code":"model_not_found"}})", ErrorCode::not_found,
        "no m"},
       {429, "slow down", ErrorCode::busy, "slow down"},
       {429, R"({"error":{"message":"spent","code":"insufficient_quota"}})", ErrorCode::denied,
        "credit"},
       {413, "long", ErrorCode::limit, "too long"},
       {400, R"({"error":{"type":"exceed_context_size_error"}})", ErrorCode::limit, "too long"},
       {400, R"({"error":{"code":"context_length_exceeded"}})", ErrorCode::limit, "too long"},
       {400, "no such field", ErrorCode::invalid_argument, "no such field"},
       {500, "oh", ErrorCode::unavailable, "500"},
       {503, R"({"error":{"message":"Loading model"}})", ErrorCode::unavailable, "Loading"}}};
}

/// As Anthropic says it, in a body or an event.
inline std::string anthropic_error(const char* type, const char* message) {
  return nlohmann::json{{"type", "error"}, {"error", {{"type", type}, {"message", message}}}}
      .dump();
}

/// Messages.
inline WireTalk anthropic_talk() {
  const auto stopped = [](const char* reason) {
    return named_event({{"type", "content_block_stop"}, {"index", 0}}) +
           named_event({{"type", "message_delta"},
                        {"delta", {{"stop_reason", reason}, {"stop_sequence", nullptr}}},
                        {"usage", {{"output_tokens", 3}}}}) +
           named_event({{"type", "message_stop"}});
  };
  return {
      ModelWire::anthropic,
      "/v1",
      "/v1/messages",
      named_event({{"type", "message_start"},
                   {"message",
                    {{"id", "msg_1"},
                     {"content", Json::array()},
                     {"stop_reason", nullptr},
                     {"usage",
                      {{"input_tokens", 5},
                       {"cache_creation_input_tokens", 3},
                       {"cache_read_input_tokens", 4},
                       {"output_tokens", 1}}}}}}) +
          named_event({{"type", "content_block_start"},
                       {"index", 0},
                       {"content_block", {{"type", "text"}, {"text", ""}}}}) +
          named_event({{"type", "ping"}}),
      [](const std::string& text) {
        return named_event({{"type", "content_block_delta"},
                            {"index", 0},
                            {"delta", {{"type", "text_delta"}, {"text", text}}}});
      },
      named_event({{"type", "content_block_delta"},
                   {"index", 0},
                   {"delta", {{"type", "thinking_delta"}, {"thinking", "secret"}}}}),
      stopped("end_turn"),
      stopped("max_tokens"),
      stopped("refusal"),
      "event: error\ndata: " + anthropic_error("overloaded_error", "Overloaded") + "\n\n",
      {{401, anthropic_error("authentication_error", "invalid key"), ErrorCode::denied,
        "invalid key"},
       {403, anthropic_error("permission_error", "not yours"), ErrorCode::denied, "not yours"},
       {402, anthropic_error("billing_error", "pay"), ErrorCode::denied, "credit"},
       {400, anthropic_error("invalid_request_error", "Your credit balance is too low to go on"),
        ErrorCode::denied, "credit left"},
       {404, anthropic_error("not_found_error", "model: m"), ErrorCode::not_found, "model: m"},
       {413, anthropic_error("request_too_large", "too big"), ErrorCode::limit, "too long"},
       {400,
        anthropic_error("invalid_request_error",
                        "prompt is too long: 300000 tokens > 200000 maximum"),
        ErrorCode::limit, "300000"},
       {400, anthropic_error("invalid_request_error", "temperature: Extra inputs"),
        ErrorCode::invalid_argument, "Extra inputs"},
       {429, anthropic_error("rate_limit_error", "slow"), ErrorCode::busy, "slow"},
       {500, anthropic_error("api_error", "oh"), ErrorCode::unavailable, "oh"},
       {504, anthropic_error("timeout_error", "late"), ErrorCode::unavailable, "late"},
       {529, anthropic_error("overloaded_error", "Overloaded"), ErrorCode::unavailable,
        "is overloaded"}}};
}

/// As Google says it.
inline std::string gemini_error(int code, const char* status, const char* message,
                                const nlohmann::json& details = nlohmann::json::array()) {
  return nlohmann::json{
      {"error", {{"code", code}, {"message", message}, {"status", status}, {"details", details}}}}
      .dump();
}

/// generateContent.
inline WireTalk gemini_talk() {
  const auto chunk = [](const Json& parts, const char* reason) {
    Json candidate = {{"content", {{"role", "model"}, {"parts", parts}}}, {"index", 0}};
    if (reason != nullptr) candidate["finishReason"] = reason;
    return data_event(
        {{"candidates", {candidate}},
         {"usageMetadata",
          {{"promptTokenCount", 12}, {"candidatesTokenCount", 1}, {"thoughtsTokenCount", 2}}}});
  };
  const Json bad_key = {
      {{"@type", "type.googleapis.com/google.rpc.ErrorInfo"}, {"reason", "API_KEY_INVALID"}}};
  return {
      ModelWire::gemini,
      "/v1beta",
      "/v1beta/models/m:streamGenerateContent?alt=sse",
      "",
      [](const std::string& text) {
        return data_event(
            {{"candidates", {{{"content", {{"role", "model"}, {"parts", {{{"text", text}}}}}}}}}});
      },
      chunk({{{"text", "secret"}, {"thought", true}}}, nullptr),
      chunk(Json::array(), "STOP"),
      chunk(Json::array(), "MAX_TOKENS"),
      chunk(Json::array(), "SAFETY"),
      "data: " + gemini_error(503, "UNAVAILABLE", "The model is overloaded") + "\n\n",
      {{400, gemini_error(400, "INVALID_ARGUMENT", "API key not valid", bad_key), ErrorCode::denied,
        "API key not valid"},
       {403, gemini_error(403, "PERMISSION_DENIED", "not yours"), ErrorCode::denied, "not yours"},
       {404, "[" + gemini_error(404, "NOT_FOUND", "models/m is not found") + "]",
        ErrorCode::not_found, "models/m is not found"},
       {400,
        gemini_error(400, "INVALID_ARGUMENT",
                     "The input token count (9) exceeds the maximum number of tokens allowed"),
        ErrorCode::limit, "too long"},
       {400, gemini_error(400, "INVALID_ARGUMENT", "Unknown name"), ErrorCode::invalid_argument,
        "Unknown name"},
       {429, gemini_error(429, "RESOURCE_EXHAUSTED", "slow"), ErrorCode::busy, "slow"},
       {500, gemini_error(500, "INTERNAL", "oh"), ErrorCode::unavailable, "oh"},
       {503, gemini_error(503, "UNAVAILABLE", "full"), ErrorCode::unavailable, "is overloaded"},
       {504, gemini_error(504, "DEADLINE_EXCEEDED", "late"), ErrorCode::unavailable, "late"}}};
}

/// Version 2.
inline WireTalk cohere_talk() {
  const auto end = [](const char* reason) {
    return named_event({{"type", "content-end"}, {"index", 0}}) +
           named_event({{"type", "message-end"},
                        {"delta",
                         {{"finish_reason", reason},
                          {"usage",
                           {{"billed_units", {{"input_tokens", 1.0}, {"output_tokens", 1.0}}},
                            {"tokens", {{"input_tokens", 12.0}, {"output_tokens", 3.0}}}}}}}});
  };
  const auto content = [](const Json& what) {
    return named_event(
        {{"type", "content-delta"}, {"index", 0}, {"delta", {{"message", {{"content", what}}}}}});
  };
  const auto said = [](const char* words) { return Json{{"message", words}}.dump(); };
  return {
      ModelWire::cohere,
      "/v2",
      "/v2/chat",
      named_event({{"type", "message-start"},
                   {"id", "c1"},
                   {"delta", {{"message", {{"role", "assistant"}}}}}}) +
          named_event({{"type", "content-start"},
                       {"index", 0},
                       {"delta", {{"message", {{"content", {{"type", "text"}, {"text", ""}}}}}}}}),
      [](const std::string& text) {
        return named_event({{"type", "content-delta"},
                            {"index", 0},
                            {"delta", {{"message", {{"content", {{"text", text}}}}}}}});
      },
      content({{"thinking", "secret"}}),
      end("COMPLETE") + "data: [DONE]\n\n",
      end("MAX_TOKENS"),
      "",
      end("ERROR"),
      {{401, said("invalid api token"), ErrorCode::denied, "invalid api token"},
       {498, said("blocked"), ErrorCode::denied, "blocked"},
       {402, said("add a payment method"), ErrorCode::denied, "credit"},
       {404, said("model 'm' not found"), ErrorCode::not_found, "model 'm'"},
       {400, said("too many tokens: 9 cannot exceed 8"), ErrorCode::limit, "too long"},
       {400, said("invalid request: p"), ErrorCode::invalid_argument, "invalid request"},
       {422, said("no role"), ErrorCode::invalid_argument, "no role"},
       {429, said("trial keys are slow"), ErrorCode::busy, "trial keys"},
       {500, said("oh"), ErrorCode::unavailable, "oh"},
       {503, said("full"), ErrorCode::unavailable, "is overloaded"}}};
}

/// Any of the four.
inline WireTalk talk_of(ModelWire wire) {
  switch (wire) {
    case ModelWire::openai:
      return openai_talk();
    case ModelWire::anthropic:
      return anthropic_talk();
    case ModelWire::gemini:
      return gemini_talk();
    case ModelWire::cohere:
      break;
  }
  return cohere_talk();
}

}  // namespace mbe
