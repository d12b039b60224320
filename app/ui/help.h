// What the command tree says of itself: help on the terminal, shell completion, the man page.
// All read the one tree, so none of them can miss a command or an option.
#pragma once

#include <string>

#include "ui/command_line.h"
#include "ui/context.h"

namespace mbe::app {

/// Prints the help of a command in the person's language, as wide as the terminal.
void show_help(Context& context, const CommandLine& command);

/// A completion script. shell: bash, zsh or fish.
[[nodiscard]] std::string completion_script(const CommandLine& root, const std::string& shell);

/// The page mbe(1) in man macros, in the person's language.
[[nodiscard]] std::string man_page(Context& context, const CommandLine& root);

}  // namespace mbe::app
