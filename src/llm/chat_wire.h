// What the wires of src/llm share, for remote_model.cpp and one small file each: a wire says what a
// question looks like, and reads one event of an answer. The HTTP exchange, the loop over events,
// errors and pauses are remote_model.cpp's. Pure; any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "llm/remote_model.h"
#include "llm/sse_reader.h"
#include "llm/trouble.h"

namespace mbe {

/// A question as every wire asks it.
struct WireQuestion {
  const RemoteModelOptions& options;
  const ChatRequest& request;
  std::string system;              ///< the system's messages, joined; empty: none
  std::vector<ChatMessage> turns;  ///< user and assistant in turn, a user's first, none empty
  std::size_t tokens_max = 0;      ///< with those of thinking
  nlohmann::json schema;           ///< null: free text
};

/// Errors: those of reading data/models (unavailable).
[[nodiscard]] Result<WireQuestion> wire_question(const RemoteModelOptions& options,
                                                 const ChatRequest& request);

struct ModelRequest {
  std::string path;                  ///< behind the base URL
  std::vector<std::string> headers;  ///< the key's among them
  nlohmann::json body;
};

/// What an answer is, as far as it has come.
struct WireAnswer {
  const OnText& on_text;
  ChatReply reply = {};
  bool ended = false, too_large = false, broken = false;
  std::optional<Trouble> failed = {};
  std::string detail = {};  ///< of failed

  /// Takes a piece and tells it. False: more than any model says.
  [[nodiscard]] bool say(std::string_view text);
  /// The answer has failed. Always false.
  bool fail_with(Trouble trouble, std::string why);
};

struct ChatWire {
  ModelRequest (*request)(const WireQuestion& question);
  /// An event without `error`. False: the answer is over.
  bool (*take)(const nlohmann::json& event, WireAnswer& answer);
};

/// Reads an answer out of a stream's bytes, wherever they are cut.
class WireReader {
 public:
  WireReader(const ChatWire& wire, const OnText& on_text) : wire_(wire), answer_{on_text} {}
  WireReader(const WireReader&) = delete;
  WireReader& operator=(const WireReader&) = delete;

  /// False once the answer is over, whole or not.
  [[nodiscard]] bool feed(std::string_view bytes) { return events_.feed(bytes); }
  /// As far as it has come.
  [[nodiscard]] WireAnswer& answer() { return answer_; }

 private:
  [[nodiscard]] bool take(const std::string& data);

  const ChatWire& wire_;
  WireAnswer answer_;
  SseReader events_{[this](const std::string&, const std::string& data) { return take(data); }};
};

/// The system's words as a message of their own, then the turns: {"role", "content"} each.
[[nodiscard]] nlohmann::json system_and_turns(const WireQuestion& question);
/// `Authorization: Bearer KEY`, where there is a key.
[[nodiscard]] std::vector<std::string> bearer_header(const WireQuestion& question);

/// Which version of its API Anthropic's official client asks for.
constexpr const char* anthropic_version_header = "anthropic-version: 2026-10-21";

extern const ChatWire openai_wire, anthropic_wire, gemini_wire, cohere_wire;

/// What a server says of a failure; `otherwise` where it says nothing that is known.
[[nodiscard]] std::string words_of(const nlohmann::json& body, const std::string& otherwise);
/// What lies at a path of members, or "0" for the first of a list; null if there is nothing.
[[nodiscard]] const nlohmann::json* find_at(const nlohmann::json& from,
                                            std::initializer_list<const char*> path);
/// The text there; empty where there is none.
[[nodiscard]] std::string text_at(const nlohmann::json& from,
                                  std::initializer_list<const char*> path);
/// The number there, 0 … 10^12, whole or not; `otherwise` where there is none.
[[nodiscard]] std::size_t count_at(const nlohmann::json& from,
                                   std::initializer_list<const char*> path,
                                   std::size_t otherwise = 0);
/// A JSON Schema without limits of numbers, texts and lists, for wires that refuse those: what they
/// say stands in the descriptions.
[[nodiscard]] nlohmann::json plain_schema(nlohmann::json schema);

}  // namespace mbe
