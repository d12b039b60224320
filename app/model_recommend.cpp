// mbe model recommend, mbe model init: which chat models to take, and where to put them.
#include "analyse/table.h"
#include "base/resources.h"
#include "commands.h"
#include "fs/file_system.h"
#include "ui/document_view.h"

namespace mbe::app {
namespace {

/// A row of data/models/recommended.tsv.
struct Recommendation {
  std::string role, name, source, file, gigabytes, type, tokenizer, licence, korean, note;
};

Result<std::vector<Recommendation>> read_recommendations(const Context& context) {
  constexpr std::size_t columns = 12;
  MBE_ASSIGN(const auto path, find_resource("models/recommended.tsv"));
  MBE_ASSIGN(const auto rows, analyse::read_table(path, columns, columns));
  std::vector<Recommendation> list;
  for (const auto& [cells, line] : rows) {
    const std::size_t shift = context.korean() ? 1 : 0;
    list.push_back({.role = cells[0],
                    .name = cells[1],
                    .source = cells[2],
                    .file = cells[3],
                    .gigabytes = cells[4],
                    .type = cells[5],
                    .tokenizer = cells[6],
                    .licence = cells[7],
                    .korean = cells[8 + shift],
                    .note = cells[10 + shift]});
  }
  return list;
}

Result<int> recommend(Context& context) {
  MBE_ASSIGN(const auto list, read_recommendations(context));
  Json models = Json::array();
  for (const Recommendation& model : list) {
    models.push_back({{"role", model.role},
                      {"name", model.name},
                      {"source", model.source},
                      {"file", model.file},
                      {"gigabytes", model.gigabytes},
                      {"type", model.type},
                      {"tokenizer", model.tokenizer},
                      {"licence", model.licence},
                      {"korean", model.korean},
                      {"note", model.note}});
  }
  if (context.json()) {
    context.print_json({{"models", std::move(models)}});
    return exit_done;
  }
  const auto line = [&](const std::string& label, const std::string& text) {
    std::string lead = "  " + pad(label, 12);
    for (const std::string& part : wrap(text, context.out().width() - 15)) {
      context.print(lead + part);
      lead = std::string(14, ' ');
    }
  };
  for (const Recommendation& model : list) {
    context.print(paint(context, Colour::bold, model.name) + "  " +
                  paint(context, Colour::dim, context.tr(model.role)));
    line(context.tr("file"), model.file + ", " + model.gigabytes + " GB, " + model.type);
    line(context.tr("source"), model.source);
    line(context.tr("tokenizer"), model.tokenizer);
    line(context.tr("licence"), model.licence);
    line(context.tr("Korean"), model.korean);
    line(context.tr("note"), model.note);
  }
  return exit_done;
}

Result<int> init_models(Context& context) {
  MBE_ASSIGN(const auto home, context.home());
  FileSystem& files = posix_file_system();
  const auto folder = home / "models";
  const auto readme = (folder / "README.txt").string();
  MBE_TRY(files.make_directories(folder.string()));
  MBE_ASSIGN(const auto source,
             find_resource(context.korean() ? "models/folder.ko.txt" : "models/folder.en.txt"));
  constexpr std::uint64_t readme_bytes_max = 64 * 1024;
  MBE_ASSIGN(const std::string text, read_file(files, source.string(), readme_bytes_max));
  MBE_ASSIGN(const bool there, files.exists(readme));
  if (!there) MBE_TRY(replace_file(files, readme, text));
  if (context.json()) {
    context.print_json({{"folder", folder.string()}, {"readme", readme}});
    return exit_done;
  }
  context.print(folder.string());
  context.say(text);
  return exit_done;
}

}  // namespace

void add_model_recommend(CommandLine& model) {
  model.command("recommend", "chat models for the three circuits: sizes, licences, Korean")
      .run(recommend);
  model.command("init", "make the folder for chat models and say what belongs there")
      .run(init_models);
}

}  // namespace mbe::app
