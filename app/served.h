// When a server has the home open, a command that embeds a question or writes asks that server
// through the home's Unix socket, for it has the model warm; else the command opens the home
// itself. Why not every command: docs/design/0011-the-command-line-asks-the-server.md.
#pragma once

#include <string>

#include "base/json.h"
#include "ui/context.h"

namespace mbe::app {

/// What the server answered; nothing if none serves this home.
/// Errors: the server's own, io (it stopped while answering).
[[nodiscard]] Result<std::optional<Json>> ask_server(Context& context, const std::string& name,
                                                     const Json& arguments);
/// The answer as the engine's value, by one of operations/read_views.h.
/// Errors: unavailable (the server's version promises something else).
template <class Value>
[[nodiscard]] Result<std::optional<Value>> ask_server(Context& context, const std::string& name,
                                                      const Json& arguments,
                                                      Value (*read)(const Json&)) {
  MBE_ASSIGN(const std::optional<Json> answer, ask_server(context, name, arguments));
  if (!answer) return std::optional<Value>();
  try {
    return std::optional<Value>(read(*answer));
  } catch (const Json::exception& error) {
    return fail(ErrorCode::unavailable,
                "the server of this home is of another version: stop and start it; {}",
                error.what());
  }
}

}  // namespace mbe::app
