// What is passed on beside a body, in both directions, and how a refusal is told in the words of
// the wire that asked. A client's credentials and cookies are never passed on; nor is what belongs
// to one connection. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mbe {

/// Whether a client's header goes to the upstream. name: in lower case.
[[nodiscard]] bool passes_up(std::string_view name);
/// Whether an upstream's header goes to the client. name: in lower case.
[[nodiscard]] bool passes_down(std::string_view name);

/// Whose form a refusal has.
enum class ErrorStyle : unsigned char { openai, anthropic };

/// The body of a refusal. code: a stable name of this server's.
[[nodiscard]] std::string refusal_body(ErrorStyle style, unsigned status, std::string_view code,
                                       const std::string& text);
/// The same as the last event of a stream.
[[nodiscard]] std::string refusal_event(ErrorStyle style, unsigned status, std::string_view code,
                                        const std::string& text);

/// A path or a query's part as it stands in a URL; slashes stay.
[[nodiscard]] std::string url_escaped(std::string_view text);

}  // namespace mbe
