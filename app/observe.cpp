#include "commands.h"
#include "operations/read_views.h"
#include "operations/requests.h"
#include "served.h"

namespace mbe::app {
namespace {

struct Options {
  TextInput input;
  ObserveRequest request;
};

Result<ObserveResult> observed(Context& context, const ObserveRequest& request) {
  MBE_ASSIGN(auto served,
             ask_server(context, "observe", observe_fields().write(request), read_observe));
  if (served) return std::move(*served);
  MBE_ASSIGN(Memory * memory, context.memory(Access::write));
  return memory->observe(request);
}

Result<int> observe(Context& context, const Options& options) {
  ObserveRequest request = options.request;
  MBE_ASSIGN(request.text, options.input.read());
  request.as.utc_offset_minutes = context.zone().offset_minutes(system_clock().now_ms());
  MBE_ASSIGN(const ObserveResult result, observed(context, request));
  if (context.json()) {
    context.print_json(observe_json(result, request.text));
    return exit_done;
  }
  context.say(result.block_index ? context.tr("taken in and remembered as #{}; {} waypoints",
                                              *result.block_index, result.waypoints.size())
                                 : context.tr("taken into short-term memory only; {} waypoints",
                                              result.waypoints.size()));
  return exit_done;
}

}  // namespace

void add_observe(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  ObserveRequest& request = options->request;
  CommandLine& command =
      root.command("observe", "take in one turn of a conversation", "Working memory");
  options->input.add_to(command, "TEXT", "what was said; - reads standard input");
  command.text("--speaker", request.speaker, "NAME", "who said it")
      .text("--conversation", request.conversation, "ID", "which conversation")
      .flag("--assistant", request.from_assistant, "the assistant said it")
      .choice("--remember", request.remember, {"auto", "always", "never"},
              "keep it for good: by its content, always, or never")
      .run([options](Context& context) { return observe(context, *options); });
}

}  // namespace mbe::app
