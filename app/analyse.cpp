#include "batch.h"
#include "commands.h"
#include "ui/card.h"
#include "ui/filter_options.h"

namespace mbe::app {
namespace {

struct Options {
  TextInput input;
  std::string batch, time, zone = "local";
};

void field(Context& context, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  context.print(paint(context, Colour::dim, pad(context.tr(name), 12)) + value);
}

std::string joined(const std::vector<std::string>& words, std::string_view between = ", ") {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += plain(word);
  }
  return out;
}

void show(Context& context, const AnalysisView& analysis) {
  field(context, "keywords", label_line(context, analysis.keywords, {}));
  field(context, "tags", label_line(context, {}, analysis.tags));
  field(context, "importance", fmt::format("{:.2f}", analysis.importance));
  field(context, "language", analysis.language);
  field(context, "question", analysis.is_question ? context.tr("yes") : "");
  field(context, "dates", joined(date_lines(analysis.dates)));
  field(context, "intentions", joined(analysis.intentions));
  std::string label = "terms";
  for (const std::string& line : wrap(joined(analysis.terms, " "), context.out().width() - 12)) {
    field(context, label, line);
    label = "";
  }
}

Result<int> analyse_batch(Context& context, const std::string& file) {
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  return run_batch<TextLine>(context, file, parse_text_line,
                             [&](const std::vector<TextLine>& lines) -> Result<std::vector<Json>> {
                               std::vector<std::string> texts;
                               for (const TextLine& line : lines) texts.push_back(line.text);
                               MBE_ASSIGN(const auto labels, engine->emotions(texts));
                               std::vector<Json> out;
                               for (std::size_t i = 0; i < lines.size(); ++i) {
                                 out.push_back({{"query_id", lines[i].id}, {"labels", labels[i]}});
                               }
                               return out;
                             });
}

Result<int> analyse(Context& context, const Options& options) {
  if (!options.batch.empty()) return analyse_batch(context, options.batch);
  MBE_ASSIGN(const std::string text, options.input.read());
  MBE_ASSIGN(const Zone zone, Zone::parse(options.zone));
  MBE_ASSIGN(const std::optional<TimeMs> given, time_option("--time", options.time, zone));
  const TimeMs time = given.value_or(system_clock().now_ms());
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  MBE_ASSIGN(const AnalysisView analysis, engine->analyse(text, time, zone.offset_minutes(time)));
  if (context.json()) {
    context.print_json(analysis_json(analysis));
  } else {
    show(context, analysis);
  }
  return exit_done;
}

}  // namespace

void add_analyse(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  CommandLine& command =
      root.command("analyse", "keywords, tags and importance of a text", "Analysis");
  options->input.add_to(command, "TEXT", "what to analyse; - reads standard input");
  command.text("--time", options->time, "TIME", "when it was said: what yesterday is counted from")
      .text("--tz", options->zone, "ZONE",
            "zone of times without one: UTC, local, +09:00, Asia/Seoul")
      .text("--batch", options->batch, "FILE", "emotions of many texts: one JSON object a line")
      .run([options](Context& context) { return analyse(context, *options); });
}

}  // namespace mbe::app
