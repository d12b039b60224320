#include <chrono>
#include <unordered_set>

#include "recall_options.h"
#include "ui/json_line.h"
#include "ui/line_reader.h"

namespace mbe::app {
namespace {

using Clock = std::chrono::steady_clock;

/// Ids and scores of the hits without `exclude`, at most `top_k` of them.
Json ranked_line(const QueryLine& query, const RecallResult& result, std::uint64_t top_k) {
  const std::unordered_set<std::string> excluded(query.exclude.begin(), query.exclude.end());
  Json ranked = Json::array();
  Json scores = Json::array();
  for (const RecallHit& hit : result.hits) {
    if (ranked.size() == top_k) break;
    const std::string& source = hit.block.source;
    if (excluded.contains(source)) continue;
    ranked.push_back(source.empty() ? fmt::format("#{}", hit.block.block_index) : source);
    scores.push_back(number(hit.score));
  }
  return {{"query_id", query.id}, {"ranked", std::move(ranked)}, {"scores", std::move(scores)}};
}

Result<Json> answer(Context& context, Engine& engine, const QueryLine& query,
                    const RecallOptions& options) {
  MBE_ASSIGN(RecallRequest request, options.request());
  request.cue = query.text;
  request.threshold = false;
  request.neighbours = false;
  request.bare = true;
  request.top_k = std::min<std::uint64_t>(options.top_k + query.exclude.size(), top_k_max);
  const auto start = Clock::now();
  MBE_ASSIGN(Memory * memory, engine.chain(query.chain, false));
  MBE_ASSIGN(const RecallResult result, memory->recall(request));
  const auto latency =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
  Json line = ranked_line(query, result, options.top_k);
  line["latency_us"] = latency;
  line["vectors_pending"] = result.vectors_pending;
  if (result.vectors_note) {
    line["vectors_note"] = context.tr(*result.vectors_note);
  }
  return line;
}

}  // namespace

Result<int> recall_batch(Context& context, const RecallOptions& options, const std::string& file) {
  MBE_ASSIGN(LineReader reader, LineReader::open(file, line_bytes_max));
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  const std::string chain = context.options().chain.value_or("");
  int code = exit_done;
  while (true) {
    MBE_ASSIGN(const std::optional<Line> line, reader.next());
    if (!line) return code;
    if (line->text.empty() && !line->too_long) continue;
    const auto query =
        line->too_long
            ? Result<QueryLine>(fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max))
            : parse_query_line(line->text, chain);
    Result<Json> out = query ? answer(context, *engine, *query, options) : query.error();
    if (out) {
      context.print_json(*out);
    } else {
      report_line(context, line->number, out.error());
      code = exit_partly;
    }
  }
}

}  // namespace mbe::app
