// A language model that answers a conversation, wherever it runs. Implementations: remote_model
// (servers of four wires), ModelServer (our supervised local ones, by the first of these). Any
// thread may call answer(); several answers at once are the server's business.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

struct ChatMessage {
  std::string role;  ///< system, user or assistant
  std::string text;
};

struct ChatRequest {
  std::vector<ChatMessage> messages;
  std::size_t tokens_max = 512;  ///< of the answer
  double temperature = 0.7;      ///< 0 … 2
  /// Ends an answer: marks of turns that a model without them in its vocabulary writes out.
  std::vector<std::string> stop = {"<|im_end|>", "<|im_start|>"};
  std::string schema;  ///< a JSON Schema that the answer must follow; empty: free text
};

struct ChatReply {
  std::string text;
  std::size_t prompt_tokens = 0, completion_tokens = 0;  ///< 0 where the server does not tell
  bool cut = false;                                      ///< tokens_max ended it
};

/// Receives the answer piece by piece; each piece is whole characters.
using OnText = std::function<void(std::string_view)>;

class ChatModel {
 public:
  virtual ~ChatModel() = default;

  /// Blocks until the answer is complete or `stop` is asked for.
  /// Errors: unavailable (no connection, the server is loading, overloaded or failed, stopped),
  /// denied (the key is refused, no credit is left, the model will not answer this), not_found (the
  /// server has no such model), busy (too many requests), limit (the conversation is too long for
  /// the model, the answer is), invalid_argument (the server refuses the request), corrupt (what
  /// came is no answer).
  [[nodiscard]] virtual Result<ChatReply> answer(const ChatRequest& request,
                                                 const std::stop_token& stop,
                                                 const OnText& on_text = {}) = 0;
};

}  // namespace mbe
