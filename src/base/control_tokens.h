// The marks of chat templates in texts that are data: escaped, so that no text can end the message
// it stands in and begin another, one of the system's. The marks are
// data/models/control_tokens.txt. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mbe {

/// The text with a backslash after the first character of every mark, in any case. Text without
/// one comes back byte for byte. Cost: linear. Errors: those of reading the list, which is read
/// once: unavailable (it is missing).
[[nodiscard]] Result<std::string> escape_control_tokens(std::string_view text);

}  // namespace mbe
