// The commands of `mbe`: each function declares one command with its options and what it does.
// Shared by all: errors are returned, the exit code is the action's value (docs/guide/cli.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operations/views.h"
#include "ui/command_line.h"
#include "ui/context.h"

namespace mbe::app {

void add_remember(CommandLine& root);
void add_observe(CommandLine& root);
void add_recall(CommandLine& root);
void add_explain(CommandLine& root);
void add_show(CommandLine& root);
void add_list(CommandLine& root);
void add_timeline(CommandLine& root);
void add_goals(CommandLine& root);
void add_update(CommandLine& root);
void add_marks(CommandLine& root);  ///< pin, unpin, hide, restore
void add_forget(CommandLine& root);
void add_history(CommandLine& root);
void add_short_term(CommandLine& root);
void add_waypoints(CommandLine& root);
void add_compose(CommandLine& root);
void add_analyse(CommandLine& root);
void add_similarity(CommandLine& root);
void add_init(CommandLine& root);
void add_import(CommandLine& root);
void add_export(CommandLine& root);
void add_stats(CommandLine& root);
void add_verify(CommandLine& root);
void add_rebuild(CommandLine& root);
void add_reembed(CommandLine& root);
void add_model(CommandLine& root);
void add_ask(CommandLine& root);
void add_chat(CommandLine& root);
void add_model_plan(CommandLine& model);       ///< below `model`
void add_model_recommend(CommandLine& model);  ///< recommend and init, below `model`
void add_boot(CommandLine& root);
void add_memory_core(CommandLine& root);  ///< save, backup-raw, insight, reflect
void add_sample(CommandLine& root);
void add_serve(CommandLine& root);
void add_mcp(CommandLine& root);
void add_connect(CommandLine& root);
void add_people(CommandLine& root);
void add_tour(CommandLine& root);
void add_doctor(CommandLine& root);
void add_completion(CommandLine& root);
void add_man(CommandLine& root);

/// All of them, in the order of the help.
void add_commands(CommandLine& root);

/// Text from words, `-` or --file; see read_text.
struct TextInput {
  std::vector<std::string> words;
  std::string file;

  void add_to(CommandLine& command, const std::string& name, const std::string& description);
  [[nodiscard]] Result<std::string> read() const;
  [[nodiscard]] bool given() const { return !words.empty() || !file.empty(); }
};

/// One line of a batch is wrong: said on standard error as `line N: reason`.
void report_line(Context& context, std::uint64_t number, const Error& error);

}  // namespace mbe::app
