#include "commands.h"
#include "operations/read_views.h"
#include "operations/requests.h"
#include "served.h"

namespace mbe::app {
namespace {

struct Options {
  TextInput input;
  ComposeRequest request;
  std::uint64_t budget = 1'024;
};

Result<ComposeResult> composed(Context& context, const ComposeRequest& request) {
  MBE_ASSIGN(auto served,
             ask_server(context, "compose", compose_fields().write(request), read_prompt));
  if (served) return std::move(*served);
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  return memory->compose(request);
}

Result<int> compose(Context& context, const Options& options) {
  ComposeRequest request = options.request;
  MBE_ASSIGN(request.input, options.input.read());
  request.budget_tokens = options.budget;
  request.utc_offset_minutes = context.zone().offset_minutes(system_clock().now_ms());
  MBE_ASSIGN(const ComposeResult result, composed(context, request));
  if (context.json()) {
    context.print_json(prompt_json(result));
    return exit_done;
  }
  context.print(result.prompt);
  context.say(context.tr("{} of {} tokens; {} memories, {} of them cut, {} left out", result.tokens,
                         options.budget, result.included.size(), result.cut.size(),
                         result.left_out.size()));
  return exit_done;
}

}  // namespace

void add_compose(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  ComposeRequest& request = options->request;
  CommandLine& command =
      root.command("compose", "the prompt for a language model, within a budget", "Working memory");
  options->input.add_to(command, "TEXT", "what the person just said; - reads standard input");
  command.number("--budget", options->budget, 1, 1'000'000, "at most N tokens")
      .choice("--format", request.format, {"plain", "openai", "anthropic"}, "form of the prompt")
      .text("--conversation", request.conversation, "ID", "which conversation")
      .choice("--language", request.language, {"ko", "en"}, "language of the frame")
      .example("mbe compose \"how did it go with the project?\" --budget 400")
      .run([options](Context& context) { return compose(context, *options); });
}

}  // namespace mbe::app
