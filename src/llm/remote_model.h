// A chat model behind a URL, by the wire that its provider speaks: OpenAI's chat completions (many
// servers, our own local ones among them), Anthropic's Messages, Gemini's generateContent, Cohere's
// v2 chat. Streams. A refusal that passes - too many requests, overloaded, failing - is tried again
// after a pause, as long as nothing was said. The key is in no message. docs/guide/circuits.md.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "llm/chat_model.h"

namespace mbe {

enum class ModelWire : std::uint8_t { openai, anthropic, gemini, cohere };

/// openai, anthropic, gemini, cohere.
[[nodiscard]] std::string_view wire_name(ModelWire wire);
/// Nothing for any other name.
[[nodiscard]] std::optional<ModelWire> wire_of(std::string_view name);
/// Where the provider itself answers, up to and with the version; empty for openai: that is many.
[[nodiscard]] std::string_view provider_url(ModelWire wire);
/// What its models may think before they answer, unless told: they think of themselves, and count
/// that as a part of the answer. 0 for openai.
[[nodiscard]] std::size_t default_thinking_tokens(ModelWire wire);

/// Waits; false as soon as `stop` is asked for.
[[nodiscard]] bool wait_or_stop(std::chrono::milliseconds time, const std::stop_token& stop);

struct RetryPolicy {
  unsigned tries_max = 3;                      ///< the first among them
  std::chrono::milliseconds pause_first{500};  ///< then twice as long each, unless the server says
  std::chrono::milliseconds pause_max{8'000};
  std::chrono::milliseconds wait_max{30'000};  ///< all pauses of a question; a longer one: give up
  std::function<bool(std::chrono::milliseconds, const std::stop_token&)> wait = wait_or_stop;
};

struct RemoteModelOptions {
  ModelWire wire = ModelWire::openai;
  std::string base_url;     ///< up to and with the version: `…/v1`
  std::string unix_socket;  ///< of a server on this machine; empty: none
  std::string model;        ///< its name at the server; may be empty for a server of one model
  std::string key;          ///< empty: none
  std::size_t thinking_tokens = 0;  ///< beside those of the answer
  bool structured = true;  ///< false: a schema is asked for in words, for models that take none
  RetryPolicy retry = {};
};

/// A model behind such a server. Nothing is sent before answer().
[[nodiscard]] std::unique_ptr<ChatModel> remote_model(RemoteModelOptions options);

}  // namespace mbe
