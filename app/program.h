// The program: languages, global options, dispatch. Everything else is in the commands.
#pragma once

#include "ui/command_line.h"
#include "ui/context.h"

namespace mbe::app {

/// The whole tree of commands; `options` receives the global ones and must outlive it.
[[nodiscard]] std::unique_ptr<CommandLine> make_command_tree(GlobalOptions& options);

/// Runs the program; the exit code.
int run_program(int argc, const char* const* argv);

}  // namespace mbe::app
