#include "commands.h"

#include "ui/line_reader.h"

namespace mbe::app {

void add_commands(CommandLine& root) {
  add_remember(root);
  add_recall(root);
  add_show(root);
  add_list(root);
  add_timeline(root);
  add_goals(root);
  add_explain(root);
  add_history(root);
  add_update(root);
  add_marks(root);
  add_forget(root);
  add_observe(root);
  add_short_term(root);
  add_waypoints(root);
  add_compose(root);
  add_analyse(root);
  add_similarity(root);
  add_init(root);
  add_import(root);
  add_export(root);
  add_stats(root);
  add_verify(root);
  add_rebuild(root);
  add_reembed(root);
  add_model(root);
  add_ask(root);
  add_chat(root);
  add_boot(root);
  add_memory_core(root);
  add_sample(root);
  add_serve(root);
  add_mcp(root);
  add_connect(root);
  add_people(root);
  add_tour(root);
  add_doctor(root);
  add_completion(root);
  add_man(root);
}

void TextInput::add_to(CommandLine& command, const std::string& name,
                       const std::string& description) {
  command.words(name, words, description);
  command.text("--file", file, "FILE", "take the text from FILE");
}

Result<std::string> TextInput::read() const {
  return read_text(words, file);
}

void report_line(Context& context, std::uint64_t number, const Error& error) {
  context.err().write(context.tr("line {}: {}", number, context.messages().text(error)) + "\n");
}

}  // namespace mbe::app
