// Forgetting at the terminal, shared by what forgets: the preview, the question, the deed.
#pragma once

#include <optional>

#include "commands.h"

namespace mbe::app {

struct ForgetOptions {
  std::optional<std::uint64_t> count;  ///< the number the person stands by
  bool yes = false, preview = false;

  /// --preview, --yes, --count.
  void add_to(CommandLine& command);
};

/// Shows what the target reaches, asks, and forgets it. Errors: those of Memory::forget.
[[nodiscard]] Result<int> forget_target(Context& context, const ForgetTarget& target,
                                        const ForgetOptions& options);

}  // namespace mbe::app
