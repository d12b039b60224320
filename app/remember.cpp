#include "base/datetime.h"
#include "commands.h"
#include "operations/read_views.h"
#include "operations/requests.h"
#include "served.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

struct Options {
  TextInput input;
  RememberRequest request;
  std::string time, zone = "local";
  std::optional<std::uint64_t> supersedes;
};

Result<BlockView> remembered(Context& context, const RememberRequest& request) {
  MBE_ASSIGN(auto served,
             ask_server(context, "remember", remember_fields().write(request), read_block));
  if (served) return std::move(*served);
  MBE_ASSIGN(Memory * memory, context.memory(Access::write));
  MBE_ASSIGN(const RememberReceipt receipt, memory->remember(request));
  return memory->show(receipt.block_index);
}

Result<int> remember(Context& context, const Options& options) {
  RememberRequest request = options.request;
  MBE_ASSIGN(request.text, options.input.read());
  MBE_ASSIGN(const Zone zone, Zone::parse(options.zone));
  MBE_ASSIGN(request.event_ms, time_option("--time", options.time, zone));
  request.supersedes = options.supersedes;
  request.utc_offset_minutes =
      zone.offset_minutes(request.event_ms.value_or(system_clock().now_ms()));
  MBE_ASSIGN(const BlockView block, remembered(context, request));
  if (context.json()) {
    context.print_json(block_json(block, true));
  } else if (!context.options().quiet) {
    context.print(context.tr("Remembered as #{}", block.block_index));
    const std::string labels = label_line(context, block.keywords, block.tags);
    if (!labels.empty()) context.print("  " + labels);
  }
  return exit_done;
}

}  // namespace

void add_remember(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("remember", "keep a text for good", "Memory");
  options->input.add_to(command, "TEXT", "what to remember; - reads standard input");
  RememberRequest& request = options->request;
  command.text("--speaker", request.speaker, "NAME", "who said it")
      .text("--session", request.session, "ID", "the conversation it belongs to")
      .text("--source", request.source, "ID", "where it comes from")
      .choice("--kind", request.kind, {"utterance", "answer", "fact"}, "what it is")
      .text("--time", options->time, "TIME", "when it happened, if not now")
      .text("--tz", options->zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .number("--supersedes", options->supersedes, 0, UINT64_MAX - 1,
              "the block whose place it takes")
      .example("mbe remember \"I want to run 10 km in spring\" --speaker me")
      .run([options](Context& context) { return remember(context, *options); });
}

}  // namespace mbe::app
