// One message of the Model Context Protocol: JSON-RPC 2.0 without batches, read within limits. What
// is wrong with it becomes a fault: a JSON-RPC error with the HTTP status that goes with it.
// Source: revisions 2025-11-25 and 2026-07-28 of the specification, `basic`. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "operations/read_json.h"

namespace mbe::mcp {

inline constexpr std::size_t message_bytes_max = 2'500'000;  ///< as a body over HTTP

// Codes of JSON-RPC, and those that the revision 2026-07-28 adds.
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int header_mismatch = -32020;
inline constexpr int missing_capability = -32021;
inline constexpr int unsupported_version = -32022;

/// A JSON-RPC error that is still to be addressed.
struct Fault {
  int code = invalid_request;
  std::string text;
  Json data = nullptr;    ///< null: none
  unsigned status = 200;  ///< over HTTP
};

struct Message {
  enum class Kind : std::uint8_t { request, notification, response };
  Kind kind = Kind::request;
  Json id = nullptr;  ///< a text or a whole number; null: a notification
  std::string method;
  Json params = Json::object();
  Json body = nullptr;  ///< of a response: all of it
};

/// A message that cannot be one; `id` is that of the request as far as it could be read.
struct Unreadable {
  Fault fault;
  Json id = nullptr;
};

/// Reads one message. Never fails otherwise than by saying why.
[[nodiscard]] std::variant<Message, Unreadable> read_message(const std::string& text);

/// The answer to the request `id`.
[[nodiscard]] Json response(const Json& id, Json result);
/// The same where it failed; without an id where none could be read.
[[nodiscard]] Json response(const Json& id, const Fault& fault);
/// What needs no answer.
[[nodiscard]] Json notification(std::string_view method, Json params);

}  // namespace mbe::mcp
