// Base64 of RFC 4648 with padding, many characters at a time: every block of the log passes here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mbe {

/// O(n), some 10 characters a nanosecond; not in constant time: for what is public or sealed.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Accepts only what to_base64 would produce (canonical padding, no white space), else nothing.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace mbe
