// mbe model plan: what models need at once, and whether a device has it.
#include "base/resources.h"
#include "commands.h"
#include "fs/file_system.h"
#include "llm/weights_check.h"
#include "planner/devices.h"
#include "planner/plan_document.h"
#include "report/pdf.h"
#include "report/pptx.h"
#include "ui/document_view.h"

namespace mbe::app {
namespace {

using planner::ModelProfile;

struct Options {
  std::vector<std::string> files;
  std::uint64_t context = 8192, parallel = 1;
  std::optional<std::uint64_t> bandwidth;
  std::string kv = "f16", gpu = "none", pdf, pptx;
  bool table = false, check = false;
};

Result<std::vector<ModelProfile>> read_models(const Options& options,
                                              const std::filesystem::path& data) {
  MBE_ASSIGN(const planner::ProfileTables tables, planner::ProfileTables::load(data));
  std::vector<ModelProfile> models;
  for (const std::string& file : options.files) {
    MBE_ASSIGN(const GgufHeader header, read_gguf_file(posix_file_system(), file));
    const auto name = std::filesystem::path(file).filename().string();
    MBE_ASSIGN(ModelProfile model, planner::profile_model(header, name, tables));
    models.push_back(std::move(model));
  }
  return models;
}

Json needs_json(const planner::Needs& needs) {
  return {{"weights_bytes", needs.weights},
          {"kv_bytes", needs.kv},
          {"compute_bytes", needs.compute},
          {"runtime_bytes", needs.runtime},
          {"host_weights_bytes", needs.host_weights},
          {"host_compute_bytes", needs.host_compute},
          {"output_bytes", needs.output},
          {"process_bytes", needs.process},
          {"disk_bytes", needs.disk},
          {"tokens_per_second_max", needs.tokens_per_second}};
}

Json model_json(const ModelProfile& model, const planner::Needs& needs) {
  return {{"file", model.file},
          {"name", model.name},
          {"architecture", model.architecture},
          {"known", model.known},
          {"type", model.type},
          {"parameters", model.parameters},
          {"layers", model.layers.size()},
          {"context_tokens", model.context_tokens},
          {"vocabulary", model.vocabulary},
          {"experts", model.experts},
          {"experts_used", model.experts_used},
          {"window_tokens", model.window},
          {"tokenizer", model.tokenizer},
          {"chat_template", model.chat_template},
          {"needs", needs_json(needs)}};
}

Json plan_json(const planner::Plan& plan) {
  Json models = Json::array(), nearest = Json::array();
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    models.push_back(model_json(plan.models[i], plan.needs[i]));
  }
  for (const planner::Alternative& setting : plan.nearest) {
    nearest.push_back(
        {{"context_tokens", setting.context_tokens}, {"kv", planner::kv_name(setting.kv)}});
  }
  return {{"verdict", planner::verdict_name(plan.verdict)},
          {"settings",
           {{"context_tokens", plan.settings.context_tokens},
            {"kv", planner::kv_name(plan.settings.kv)},
            {"batch_tokens", plan.settings.batch_tokens},
            {"parallel", plan.settings.parallel}}},
          {"device",
           {{"name", plan.device.name},
            {"gpu", plan.device.gpu},
            {"memory_bytes", plan.device.memory_bytes},
            {"bandwidth_gbs", plan.device.bandwidth_gbs}}},
          {"device_bytes", plan.device_bytes},
          {"host_bytes", plan.host_bytes},
          {"disk_bytes", plan.disk_bytes},
          {"context_tokens_largest", plan.context_largest},
          {"nearest", std::move(nearest)},
          {"tokens_per_second_together_max", plan.tokens_per_second_together},
          {"models", std::move(models)}};
}

/// The report as files, where they are wished for.
Result<void> write_files(Context& context, const Options& options,
                         const report::Document& document) {
  const auto write = [&](const std::string& path, Result<std::string> bytes) -> Result<void> {
    if (!bytes.ok()) return bytes.error();
    MBE_TRY(replace_file(posix_file_system(), path, *bytes));
    context.say(context.tr("written: {}", path));
    return {};
  };
  if (!options.pdf.empty()) MBE_TRY(write(options.pdf, report::make_pdf(document)));
  if (!options.pptx.empty()) MBE_TRY(write(options.pptx, report::make_pptx(document)));
  return {};
}

/// Compares the weights with the manifests beside them.
Result<void> check_files(Context& context, const Options& options) {
  for (const std::string& file : options.files) {
    MBE_ASSIGN(const bool known, check_weights(file));
    context.say(known ? context.tr("{} is the file that its manifest names", plain(file))
                      : context.tr("{} has no manifest beside it: not checked", plain(file)));
  }
  return {};
}

Result<int> plan(Context& context, const Options& options) {
  MBE_ASSIGN(const auto data, find_resource("models/gpus.tsv"));
  MBE_ASSIGN(const auto gpus, planner::read_gpus(data));
  MBE_ASSIGN(planner::Device device, planner::choose_device(options.gpu, gpus));
  if (options.bandwidth) device.bandwidth_gbs = static_cast<double>(*options.bandwidth);
  MBE_ASSIGN(const auto kv, planner::parse_kv(options.kv));
  const planner::Settings settings{
      .context_tokens = options.context, .kv = kv, .parallel = options.parallel};
  if (options.check) MBE_TRY(check_files(context, options));
  MBE_ASSIGN(std::vector<ModelProfile> models, read_models(options, data.parent_path()));
  if (options.table && !context.json()) {
    MBE_ASSIGN(
        const report::Document grid,
        planner::describe_grid(models, settings, device, context.messages(), context.language()));
    print_document(context, grid);
    MBE_TRY(write_files(context, options, grid));
    return exit_done;
  }
  MBE_ASSIGN(const planner::Plan made, planner::make_plan(std::move(models), settings, device));
  const report::Document document =
      planner::describe_plan(made, context.messages(), context.language());
  if (context.json()) {
    context.print_json(plan_json(made));
  } else {
    print_document(context, document);
  }
  MBE_TRY(write_files(context, options, document));
  return exit_done;
}

}  // namespace

void add_model_plan(CommandLine& model) {
  const auto options = std::make_shared<Options>();
  model.command("plan", "what chat models need at once, and whether a device has it")
      .words("FILE", options->files, "GGUF files", true)
      .number("--ctx", options->context, planner::context_tokens_min, planner::context_tokens_max,
              "tokens of context, each model")
      .choice("--kv", options->kv, {"f16", "q8_0", "q4_0"}, "numbers of the caches")
      .text("--gpu", options->gpu, "NAME",
            "a graphics card (a40, rtx-4090, …), its memory in MiB, or none")
      .number("--parallel", options->parallel, 1, planner::parallel_max, "answers at once")
      .number("--bandwidth", options->bandwidth, 1, 100'000, "of the memory, GB/s")
      .flag("--table", options->table, "verdicts for 4k to 32k tokens and two kinds of caches")
      .flag("--check", options->check, "compare the files with the manifests beside them first")
      .text("--pdf", options->pdf, "FILE", "write the report as PDF")
      .text("--pptx", options->pptx, "FILE", "write the report as slides")
      .example("mbe model plan a.gguf b.gguf --ctx 8192 --kv q8_0 --gpu a40 --pdf plan.pdf")
      .run([options](Context& context) { return plan(context, *options); });
}

}  // namespace mbe::app
