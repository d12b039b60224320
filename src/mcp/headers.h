// What revision 2026-07-28 wants of HTTP headers: that they say the same as the message. Also which
// of the two kinds of revision a request is of. Pure functions over texts.
// Source: the specification's `basic/transports/streamable-http`, Request Metadata.
#pragma once

#include <optional>
#include <string>

#include "mcp/core.h"

namespace mbe::mcp {

/// As they came; empty: not there.
struct Headers {
  std::string version;  ///< MCP-Protocol-Version
  std::string method;   ///< Mcp-Method
  std::string name;     ///< Mcp-Name
};

/// Whether the request is of the newer revision, or of one that is not known: by its header or its
/// `_meta`.
[[nodiscard]] bool is_modern(const Message& message, const Headers& headers);
/// Why a request of the newer revision may not be answered, if so: -32020 where a header is missing
/// or says something else than the message.
[[nodiscard]] std::optional<Fault> check_headers(const Message& message, const Headers& headers);

}  // namespace mbe::mcp
