// What a server offers beyond the protocol itself: `core.h` asks it for everything but the
// handshake. Implemented by the memory's tools (memory_tools.h), and in the tests by the fixture
// that the conformance suite wants. Called from several threads at once.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mcp/message.h"

namespace mbe::mcp {

/// The way back to the client while one of its requests is being answered. Any thread.
class Exchange {
 public:
  Exchange() = default;
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  /// Sends a message ahead of the answer; dropped where the transport gives one answer alone.
  virtual void send(const Json& message) = 0;
};

/// A request as a feature sees it.
struct Asked {
  std::string method;
  const Json& params;
  bool is_modern = false;    ///< by 2026-07-28, else by 2025-11-25 or 2025-06-18
  const Json& capabilities;  ///< of the client
  std::string session = {};  ///< of 2025-11-25 over HTTP; else empty
  /// What the client gave to hear of progress by; null: nothing.
  [[nodiscard]] Json progress_token() const;
};

using Outcome = std::variant<Json, Fault>;  ///< a result, or why there is none

class Features {
 public:
  Features() = default;
  virtual ~Features() = default;
  Features(const Features&) = delete;
  Features& operator=(const Features&) = delete;

  /// As in `initialize` and `server/discover`.
  [[nodiscard]] virtual Json capabilities(bool is_modern) const = 0;
  /// For the model that uses the server; empty: none.
  [[nodiscard]] virtual std::string instructions() const = 0;
  /// Nothing: there is no such method.
  [[nodiscard]] virtual std::optional<Outcome> answer(const Asked& asked, Exchange& exchange) = 0;
  /// Whether the client hears of the request before it is answered, so that a stream is worth it.
  [[nodiscard]] virtual bool is_streamed(const Asked& asked) const = 0;
  /// The client's answer to something that was asked of it.
  virtual void hear(const Message& response) = 0;
};

}  // namespace mbe::mcp
