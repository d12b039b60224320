// The memory tool of Anthropic's models (`memory_20250818`) over HTTP: takes the input that a model
// gave to the tool, gives back the text of the result. A thin layer over the operations file_view
// and file_edit; who calls has been found out before. Form: docs/guide/shims.md. Any thread.
#pragma once

#include <string_view>

#include "base/message.h"
#include "server/shim.h"

namespace mbe {

inline constexpr std::string_view anthropic_path = "/anthropic/memory";

class AnthropicDoor {
 public:
  /// Must outlive it.
  explicit AnthropicDoor(Dispatch& dispatch) : dispatch_(dispatch) {}

  /// POST with the tool's input, or with a whole `tool_use` block. What the model did wrong is a
  /// result with `is_error`; what the caller may not is a problem.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request, const Principal& who,
                                    const Catalog& messages) const;

 private:
  Dispatch& dispatch_;
};

/// The operation that an input of the tool means, and its arguments. Errors: invalid_argument (no
/// command of the tool, a view_range that is none).
[[nodiscard]] Result<std::pair<const Operation*, Json>> file_command(const Json& input);

}  // namespace mbe
