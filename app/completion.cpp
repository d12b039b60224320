#include "commands.h"
#include "ui/help.h"

namespace mbe::app {

void add_completion(CommandLine& root) {
  CommandLine& completion =
      root.command("completion", "script that completes commands in a shell", "Set-up");
  const auto add = [&](const std::string& shell, const std::string& description) {
    completion.command(shell, description).run([&root, shell](Context& context) -> Result<int> {
      context.out().write(completion_script(root, shell));
      return exit_done;
    });
  };
  add("bash", "for bash");
  add("zsh", "for zsh");
  add("fish", "for fish");
}

void add_man(CommandLine& root) {
  root.command("man", "the manual page: mbe man | man -l -", "Set-up")
      .run([&root](Context& context) -> Result<int> {
        context.out().write(man_page(context, root));
        return exit_done;
      });
}

}  // namespace mbe::app
