#include "commands.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

struct Options {
  std::uint64_t index = 0;
  TextInput input;
  RememberRequest request;
  std::string time, zone = "local";
};

Result<int> update(Context& context, const Options& options) {
  RememberRequest request = options.request;
  MBE_ASSIGN(request.text, options.input.read());
  MBE_ASSIGN(const Zone zone, Zone::parse(options.zone));
  MBE_ASSIGN(request.event_ms, time_option("--time", options.time, zone));
  request.utc_offset_minutes =
      zone.offset_minutes(request.event_ms.value_or(system_clock().now_ms()));
  MBE_ASSIGN(Memory * memory, context.memory(Access::write));
  MBE_ASSIGN(const RememberReceipt receipt, memory->update(options.index, request));
  MBE_ASSIGN(const BlockView block, memory->show(receipt.block_index));
  if (context.json()) {
    context.print_json(block_json(block, true));
  } else if (!context.options().quiet) {
    context.print(context.tr("Remembered as #{}; it takes the place of #{}, which stays readable",
                             receipt.block_index, options.index));
  }
  return exit_done;
}

}  // namespace

void add_update(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("update", "say what now holds instead of a block", "Memory");
  command.index(options->index);
  options->input.add_to(command, "TEXT", "what holds now; - reads standard input");
  command.text("--speaker", options->request.speaker, "NAME", "who said it")
      .text("--session", options->request.session, "ID", "the conversation it belongs to")
      .text("--time", options->time, "TIME", "when it happened, if not now")
      .text("--tz", options->zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .example("mbe update 12 \"the clinic's number is 555-0142 now\"")
      .run([options](Context& context) { return update(context, *options); });
}

}  // namespace mbe::app
