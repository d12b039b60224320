#include "batch.h"
#include "commands.h"

namespace mbe::app {
namespace {

struct Options {
  std::string a, b, batch;
};

Result<int> similarity_batch(Context& context, const std::string& file) {
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  return run_batch<PairLine>(
      context, file, parse_pair_line,
      [&](const std::vector<PairLine>& lines) -> Result<std::vector<Json>> {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const PairLine& line : lines) pairs.emplace_back(line.text_a, line.text_b);
        MBE_ASSIGN(const std::vector<float> scores, engine->similarities(pairs));
        std::vector<Json> out;
        for (std::size_t i = 0; i < lines.size(); ++i) {
          out.push_back({{"query_id", lines[i].id}, {"score", number(scores[i])}});
        }
        return out;
      });
}

Result<int> similarity(Context& context, const Options& options) {
  if (!options.batch.empty()) return similarity_batch(context, options.batch);
  if (options.b.empty()) {
    return fail(ErrorCode::invalid_argument, "give two texts, or --batch FILE");
  }
  MBE_TRY(check_text(options.a));
  MBE_TRY(check_text(options.b));
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  MBE_ASSIGN(const float score, engine->similarity(options.a, options.b));
  if (context.json()) {
    context.print_json({{"score", number(score)}});
  } else {
    context.print(paint(context, Colour::green, bar(static_cast<double>(score), 20)) +
                  fmt::format(" {:.3f}", score));
  }
  return exit_done;
}

}  // namespace

void add_similarity(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("similarity", "how close two texts are, 0 to 1", "Analysis")
      .word("TEXT_A", options->a, "one text", false)
      .word("TEXT_B", options->b, "the other", false)
      .text("--batch", options->batch, "FILE", "many pairs: one JSON object a line")
      .run([options](Context& context) { return similarity(context, *options); });
}

}  // namespace mbe::app
