// Turns memories, recent turns and the newest utterance into a prompt inside a hard token budget.
// Invariant: the result never costs more than the budget, recalled text never stands in the system
// role, and every item is fenced by a delimiter the text cannot forge. Pure; call from any thread.
// How the budget is shared: docs/formulas/budget.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "block/payload.h"
#include "compose/tokens.h"

namespace mbe {

enum class PromptFormat : std::uint8_t { plain, openai, anthropic, memory };

/// A memory that may enter the prompt.
struct PromptItem {
  std::uint64_t sequence = 0;
  std::string text;
  std::string speaker;
  std::optional<TimeMs> time_ms;
  Trust trust = Trust::owner;
  double relevance = 0;  ///< 0 … 1
};

/// A turn of the running conversation, oldest first.
struct PromptTurn {
  bool from_assistant = false;
  std::string speaker;
  std::string text;
};

struct PromptRequest {
  std::string input;                 ///< the newest utterance; always whole
  std::string identity;              ///< trusted text for the system role; may be empty
  std::vector<PromptItem> pinned;    ///< in stable order
  std::vector<PromptItem> memories;  ///< any order; superseded ones already left out
  std::vector<PromptItem> goals;     ///< open intentions
  std::string mood;                  ///< one line, or empty
  std::vector<PromptTurn> turns;
  std::size_t budget_tokens = 1024;
  PromptFormat format = PromptFormat::plain;
  std::string fence;  ///< random, 8 to 32 characters of [a-z0-9]
  int utc_offset_minutes = 0;
};

struct Prompt {
  std::string text;                     ///< plain text, or the JSON of the format's messages;
                                        ///< of memory alone, empty where there is none
  std::size_t tokens = 0;               ///< as counted by the given counter, at most the budget
  std::vector<std::uint64_t> included;  ///< sequences in the prompt, whole or cut
  std::vector<std::uint64_t> cut;       ///< those of them that were shortened
  std::vector<std::uint64_t> left_out;  ///< memories that did not fit or repeat another
};

/// The fixed words of one language; data/templates/<language>.json.
struct PromptTemplates {
  std::string system, pinned, goals, mood, memories, turns, person, assistant;
  std::string input, cut, unknown_time, recalled;
  std::map<std::string, std::string, std::less<>> trust;

  /// Errors: not_found (no such file), corrupt (not the expected JSON).
  [[nodiscard]] static Result<PromptTemplates> load(const std::filesystem::path& file);
};

/// Composes the prompt. Errors: limit (frame and input alone exceed the budget: the message names
/// the least budget that would do), invalid_argument (fence of a wrong form).
/// Cost: O(n²) bigram comparisons over the memories that are tried, n ≤ memories_max.
[[nodiscard]] Result<Prompt> compose(const PromptRequest& request, const PromptTemplates& words,
                                     const TokenMeter& counter);

/// More memories than this are not tried; the least relevant ones are left out.
inline constexpr std::size_t memories_max = 200;

}  // namespace mbe
