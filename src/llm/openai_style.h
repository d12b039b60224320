// Chat completions as OpenAI's API defines them and many servers speak them. Streams; asks for
// usage. Source of the format: the provider's API reference, and llama.cpp's server README.
#pragma once

#include <memory>
#include <string>

#include "llm/chat_model.h"

namespace mbe {

struct OpenAiStyleOptions {
  std::string base_url;     ///< up to and with `/v1`
  std::string unix_socket;  ///< of a server on this machine; empty: none
  std::string model;        ///< its name at the server; may be empty for a server of one model
  std::string key;          ///< sent as bearer token; empty: none
};

/// A model behind such a server. Nothing is sent before answer().
[[nodiscard]] std::unique_ptr<ChatModel> openai_style(OpenAiStyleOptions options);

}  // namespace mbe
