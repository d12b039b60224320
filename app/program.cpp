#include "program.h"

#include <csignal>
#include <span>

#include "base/guarded.h"
#include "base/resources.h"
#include "commands.h"
#include "ui/help.h"
#include "version.h"

namespace mbe::app {
namespace {

using Words = std::span<const char* const>;

/// The value of --lang before anything is parsed: even wrong use is reported in that language.
std::string language_wish(Words words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") break;
    if (word == "--lang" && i + 1 < words.size()) return words[i + 1];
    if (word.starts_with("--lang=")) return std::string(word.substr(7));
  }
  return "";
}

bool has_flag(Words words, std::string_view brief, std::string_view full) {
  for (const std::string_view word : words) {
    if (word == "--") return false;
    if (word == full || (!brief.empty() && word == brief)) return true;
  }
  return false;
}

/// The command that the words name, as far as they name one.
const CommandLine* named_command(const CommandLine& root, Words words) {
  const CommandLine* at = &root;
  for (const std::string_view word : words) {
    for (const auto& command : at->commands()) {
      const auto& also = command->aliases();
      if (command->name() == word || std::find(also.begin(), also.end(), word) != also.end()) {
        at = command.get();
        break;
      }
    }
  }
  return at;
}

/// The message table of the language; English where there is none or it is damaged.
Catalog load_messages(const std::string& language, std::string& problem) {
  if (language == "en") return {};
  const auto file = find_resource("messages/" + language + ".tsv");
  if (!file) {
    problem = file.error().message();
    return {};
  }
  auto catalog = Catalog::load(*file);
  if (catalog) return std::move(catalog).value();
  problem = catalog.error().message();
  return {};
}

int finish(Context& context, int code) {
  context.close();
  if (context.out().flush()) return code;
  return context.report(fail(ErrorCode::io, "cannot write to standard output: is the disk full?"));
}

}  // namespace

std::unique_ptr<CommandLine> make_command_tree(GlobalOptions& options) {
  auto root = std::make_unique<CommandLine>("mbe", "long-term memory for any language model");
  root->text("--home", options.home, "DIR", "where the memory lives")
      .text("--chain", options.chain, "NAME", "which memory of the home")
      .flag("--json", options.json, "one JSON value a line, for scripts")
      .flag("-q,--quiet", options.quiet, "say nothing about the work")
      .choice("--lang", options.language, {"ko", "en"}, "language of messages")
      .choice("--color,--colour", options.colour, {"auto", "always", "never"}, "colours")
      .flag("-h,--help", options.help, "this help")
      .flag("--version", options.version, "the version");
  add_commands(*root);
  return root;
}

int run_program(int argc, const char* const* argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is an error of the write, not our end
  const Words words(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
  GlobalOptions options;
  const std::string language = choose_language(language_wish(words));
  std::string problem;
  Catalog messages = load_messages(language == "ko" ? "ko" : "en", problem);
  const auto root = make_command_tree(options);
  if (has_flag(words, "-h", "--help") || words.empty()) {
    Context context({.language = language}, std::move(messages));
    show_help(context, *named_command(*root, words));
    return finish(context, exit_done);
  }
  const Result<CommandLine*> chosen = root->parse(argc, argv);
  if (options.language.empty()) options.language = language;
  if (!chosen) options.json = has_flag(words, "", "--json");
  Context context(options, std::move(messages));
  if (!problem.empty()) context.warn("mbe: " + problem);
  if (!chosen) return context.report(chosen.error());
  if (options.version) {
    context.print(std::string("mbe ") + version);
    return finish(context, exit_done);
  }
  const CommandLine& command = **chosen;
  if (!command.action()) {
    show_help(context, command);
    return finish(context, exit_code(ErrorCode::invalid_argument));
  }
  const Result<int> result = guarded([&] { return command.action()(context); });
  const int code = result ? result.value() : context.report(result.error());
  return finish(context, code);
}

}  // namespace mbe::app
