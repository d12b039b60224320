#include "commands.h"
#include "operations/read_views.h"
#include "operations/requests.h"
#include "recall_options.h"
#include "served.h"
#include "ui/card.h"

namespace mbe::app {
namespace {

struct Options {
  RecallOptions recall;
  std::string batch;
  bool explain = false;
};

void show_hits(Context& context, const RecallResult& result, bool explain) {
  std::size_t rank = 0;
  for (const RecallHit& hit : result.hits) {
    context.out().write(hit_card(context, hit, ++rank, explain));
  }
  if (result.hits.empty()) {
    context.say(result.below_threshold == 0
                    ? context.tr("nothing comes to mind")
                    : context.tr("nothing certain comes to mind; {} faint ones: add --all",
                                 result.below_threshold));
  }
  if (explain) {
    context.say(context.tr("below the threshold of {}: {} · embedding {} ms · search {} ms",
                           fmt::format("{:.2f}", result.threshold), result.below_threshold,
                           fmt::format("{:.1f}", static_cast<double>(result.embed_us) / 1'000),
                           fmt::format("{:.1f}", static_cast<double>(result.search_us) / 1'000)));
  }
}

Result<RecallResult> recalled(Context& context, const RecallRequest& request) {
  MBE_ASSIGN(auto served,
             ask_server(context, "recall", recall_fields().write(request), read_recall));
  if (served) return std::move(*served);
  MBE_ASSIGN(Memory * memory, context.memory(Access::read));
  return memory->recall(request);
}

Result<int> recall(Context& context, const Options& options) {
  if (!options.batch.empty()) {
    if (options.recall.cue.given()) {
      return fail(ErrorCode::invalid_argument, "give a text or --batch, not both");
    }
    return recall_batch(context, options.recall, options.batch);
  }
  MBE_ASSIGN(RecallRequest request, options.recall.request());
  MBE_ASSIGN(request.cue, options.recall.cue.read());
  MBE_ASSIGN(const RecallResult result, recalled(context, request));
  if (context.json()) {
    context.print_json(recall_json(context.messages(), result));
  } else {
    show_hits(context, result, options.explain);
    note_vectors(context, result);
  }
  return result.hits.empty() ? exit_nothing : exit_done;
}

}  // namespace

void RecallOptions::add_to(CommandLine& command) {
  cue.add_to(command, "CUE", "what to think of; - reads standard input");
  command.number("-k,--top-k", top_k, 1, top_k_max, "at most N hits")
      .list("--arms", arms, "ARM,…", {"keyword", "tag", "vector", "time", "waypoint"},
            "only these ways of finding")
      .text("--conversation", conversation, "ID", "whose waypoints count")
      .number("--budget", budget_tokens, 1, 1'000'000, "stop at N tokens of text")
      .flag("--all", all, "faint hits too: no threshold")
      .flag("--no-neighbours", no_neighbours, "without the turns beside each hit");
  filter.add_to(command);
}

Result<RecallRequest> RecallOptions::request() const {
  RecallRequest request;
  request.top_k = top_k;
  request.arms = arms;
  request.conversation = conversation;
  request.threshold = !all;
  request.neighbours = !no_neighbours;
  request.budget_tokens = budget_tokens;
  MBE_ASSIGN(request.filter, filter.filter());
  MBE_ASSIGN(const Zone zone, filter.time_zone());
  request.utc_offset_minutes = zone.offset_minutes(system_clock().now_ms());
  return request;
}

void note_vectors(Context& context, const RecallResult& result) {
  if (result.vectors_note) {
    context.warn(context.tr("without vectors: {}", context.tr(*result.vectors_note)));
  } else if (result.vectors_pending > 0) {
    context.say(context.tr("{} blocks have no vector yet; `mbe reembed --wait` makes them",
                           result.vectors_pending));
  }
}

void add_recall(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command = root.command("recall", "what comes to mind, by meaning", "Memory");
  options->recall.add_to(command);
  command.flag("--explain", options->explain, "how each way of finding took part")
      .text("--batch", options->batch, "FILE", "many cues: one JSON object a line")
      .example("mbe recall \"that project I gave up\" --explain")
      .run([options](Context& context) { return recall(context, *options); });
}

}  // namespace mbe::app
