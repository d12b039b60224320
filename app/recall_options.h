// Options that recall and explain share.
#pragma once

#include "commands.h"
#include "ui/filter_options.h"

namespace mbe::app {

inline constexpr std::uint64_t top_k_max = 1'000;

struct RecallOptions {
  TextInput cue;
  FilterOptions filter;
  std::vector<std::string> arms;
  std::string conversation;
  std::uint64_t top_k = 10;
  std::optional<std::uint64_t> budget_tokens;
  bool all = false;
  bool no_neighbours = false;

  void add_to(CommandLine& command);
  /// The request without its cue. Errors: invalid_argument.
  [[nodiscard]] Result<RecallRequest> request() const;
};

/// `recall --batch`: one line of JSON in, one out; see docs/guide/cli.md.
[[nodiscard]] Result<int> recall_batch(Context& context, const RecallOptions& options,
                                       const std::string& file);

/// What a person should know about the vectors of a result; nothing if all took part.
void note_vectors(Context& context, const RecallResult& result);

}  // namespace mbe::app
