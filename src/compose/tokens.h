// Counting a model's tokens. A composer asks through this interface; when the model is known its
// own tokenizer answers, otherwise an estimate that is meant to be too high rather than too low.
#pragma once

#include <cstddef>
#include <string_view>

namespace mbe {

class TokenMeter {
 public:
  virtual ~TokenMeter() = default;
  /// Tokens of valid UTF-8 text. Thread-safe.
  [[nodiscard]] virtual std::size_t count(std::string_view text) const = 0;
};

/// Estimate for an unknown model: one token for four ASCII letters of a word, for each digit pair,
/// for each other ASCII mark, for each Hangul syllable or CJK character; two for anything rarer.
/// Byte-pair vocabularies of 32 k entries and more stay below it on running text. O(n).
class EstimatedTokens final : public TokenMeter {
 public:
  [[nodiscard]] std::size_t count(std::string_view text) const override;
};

}  // namespace mbe
