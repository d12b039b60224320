#include "circuits/fit.h"
#include "commands.h"
#include "planner/memory.h"
#include "server/fit_view.h"
#include "ui/progress_bar.h"

namespace mbe::app {
namespace {

struct Options {
  std::string file;
  AddModelRequest request;
};

Json model_json(const Context& context, const ModelView& model) {
  return {
      {"name", model.name},     {"path", model.path},
      {"source", model.source}, {"licence", model.licence},
      {"dim", model.dim},       {"bytes", model.bytes},
      {"active", model.active}, {"problem", message_or_null(context.messages(), model.problem)}};
}

void show(Context& context, const ModelView& model) {
  const std::string sign = model.active ? paint(context, Colour::green, "● ") : "○ ";
  context.print(sign + paint(context, Colour::bold, plain(model.name)) +
                paint(context, Colour::dim,
                      context.tr("  {} numbers · {} · {}", model.dim, format_bytes(model.bytes),
                                 plain(model.licence))));
  context.print("  " + paint(context, Colour::dim, plain(model.path)));
  if (model.problem) {
    context.print("  " + paint(context, Colour::red, plain(context.tr(*model.problem))));
  }
}

/// The chat models of the circuits, and whether they have room.
void show_chat_models(Context& context, const CircuitsConfig& config, const Fit& fit) {
  for (const ModelConfig& model : config.models) {
    const ModelFit* found = fit.of(model.name);
    const bool refused = found != nullptr && found->refused;
    context.print((refused ? "○ " : paint(context, Colour::green, "● ")) +
                  paint(context, Colour::bold, plain(model.name)) +
                  paint(context, Colour::dim, context.tr("  a chat model")));
    const std::string place = found == nullptr ? model.url : model.file.string();
    context.print("  " + paint(context, Colour::dim, plain(place)));
    if (found == nullptr) continue;
    if (refused) {
      context.print("  " + paint(context, Colour::red, plain(context.tr(*found->refused))));
    } else {
      context.print("  " + context.tr("it needs {} of memory, {} are left: {}",
                                      format_bytes(found->needs_bytes),
                                      format_bytes(found->left_bytes),
                                      context.tr(planner::verdict_name(found->verdict))));
    }
  }
}

Result<int> list_models(Context& context) {
  MBE_ASSIGN(Engine * engine, context.engine(Access::read));
  MBE_ASSIGN(const std::vector<ModelView> models, engine->models());
  MBE_ASSIGN(const CircuitsConfig config, read_circuits(engine->home()));
  MBE_ASSIGN(const Fit fit, fit_models(config, planner::available_memory()));
  if (context.json()) {
    Json list = Json::array();
    for (const ModelView& model : models) list.push_back(model_json(context, model));
    context.print_json(
        {{"models", std::move(list)}, {"model_memory", fit_json(fit, context.messages())}});
  } else {
    for (const ModelView& model : models) show(context, model);
    show_chat_models(context, config, fit);
  }
  if (models.empty()) {
    context.say(
        context.tr("no embedding model: recall works on keywords and tags; `mbe model add "
                   "FILE` adds one"));
  }
  return models.empty() && config.models.empty() ? exit_nothing : exit_done;
}

Result<int> add(Context& context, const Options& options) {
  AddModelRequest request = options.request;
  if (request.name.empty()) request.name = std::filesystem::path(options.file).stem().string();
  MBE_ASSIGN(Engine * engine, context.engine(Access::write));
  MBE_ASSIGN(const ModelView model, engine->add_model(options.file, request));
  if (context.json()) {
    context.print_json(model_json(context, model));
  } else {
    show(context, model);
    context.say(
        context.tr("next: `mbe reembed --wait` makes the vectors of this model; until then "
                   "the former one answers"));
  }
  return exit_done;
}

}  // namespace

void add_model(CommandLine& root) {
  CommandLine& model = root.command("model", "embedding models and chat models", "Set-up");
  model.command("list", "the models at hand, the active one first").run(list_models);
  const auto options = std::make_shared<Options>();
  AddModelRequest& request = options->request;
  model.command("add", "take a GGUF embedding model and use it")
      .word("FILE", options->file, "the GGUF file")
      .text("--name", request.name, "NAME", "what to call it; else the name of the file")
      .text("--query-prefix", request.query_prefix, "TEXT", "put before a question")
      .text("--passage-prefix", request.passage_prefix, "TEXT", "put before a text")
      .choice("--pooling", request.pooling, {"mean", "cls", "last"}, "how one vector is made")
      .text("--source", request.source, "URL", "where it comes from")
      .text("--licence", request.licence, "NAME", "its licence")
      .run([options](Context& context) { return add(context, *options); });
  add_model_recommend(model);
  add_model_plan(model);
}

}  // namespace mbe::app
