// Whether the models that are served here fit into memory together, before any of them is loaded:
// what the planner reckons from their headers against what this machine has left. A file that is no
// sound GGUF is refused here too. Any thread. Formulas: docs/formulas/model_plan.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "circuits/config.h"
#include "planner/plan.h"

namespace mbe {

/// One model that is served here.
struct ModelFit {
  std::string name;
  std::uint64_t needs_bytes = 0;  ///< of the machine's memory
  std::uint64_t gpu_bytes = 0;    ///< of the graphics card's, where it runs there
  std::uint64_t left_bytes = 0;   ///< of the machine's memory, by those that are loaded before it
  planner::Verdict verdict = planner::Verdict::fits;
  std::optional<Error> refused;  ///< why it is not loaded
};

/// Which of them are loaded: first whoever speaks, then self, emotion, creation, then the rest,
/// each as long as it fits beside those before it.
struct Fit {
  std::optional<std::uint64_t> available_bytes;  ///< nothing: unknown, all are taken to fit
  std::vector<ModelFit> models;                  ///< in the order in which they were counted

  /// Null if it is not served here.
  [[nodiscard]] const ModelFit* of(const std::string& name) const;
};

/// available: bytes of memory (planner::available_memory).
/// Errors: not_found (a model's file), unavailable (the planner's tables are not installed).
[[nodiscard]] Result<Fit> fit_models(const CircuitsConfig& config,
                                     std::optional<std::uint64_t> available);

/// How many circuits a model serves: so many of its answers may be made at once.
[[nodiscard]] std::size_t answers_of(const CircuitsConfig& config, const std::string& model);

}  // namespace mbe
