// What an import has found so far: counts, the span of days, who speaks, and what it begins with.
// Bounded: of very many speakers and chats the first ten thousand are told apart. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "importers/step.h"

namespace mbe::importers {

class Summary {
 public:
  /// The first lines that are shown, and how much of each.
  static constexpr std::size_t samples_max = 8;
  static constexpr std::size_t sample_bytes_max = 300;

  /// Counts a step.
  void add(const Step& step);

  [[nodiscard]] std::uint64_t items() const { return items_; }
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  /// utterance, answer, fact → how many.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& kinds() const { return kinds_; }
  /// left_out_name → how many.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& left_out() const { return left_out_; }
  /// The most talkative first; at most `count`.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> speakers(
      std::size_t count) const;
  [[nodiscard]] std::size_t chats() const { return chats_.size(); }
  [[nodiscard]] std::optional<TimeMs> first_ms() const { return first_ms_; }
  [[nodiscard]] std::optional<TimeMs> last_ms() const { return last_ms_; }
  [[nodiscard]] std::uint64_t undated() const { return undated_; }
  /// The first items, their texts cut.
  [[nodiscard]] const std::vector<ImportItem>& samples() const { return samples_; }

 private:
  std::uint64_t items_ = 0, unreadable_ = 0, undated_ = 0;
  std::map<std::string, std::uint64_t> kinds_, left_out_, speakers_, chats_;
  std::optional<TimeMs> first_ms_, last_ms_;
  std::vector<ImportItem> samples_;
};

}  // namespace mbe::importers
