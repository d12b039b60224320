// Flags that later blocks set and clear: the whole history, so that any earlier moment can be asked
// for. A plain value; const calls from any thread. Bytes: docs/format/attribute.md, "Flags".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/attribute/index.h"
#include "index/common/sequence_set.h"

namespace mbe {

class FlagHistory {
 public:
  /// Changes come with rising `by`; equal ones in the order of the calls.
  void add(std::uint64_t sequence, Flag flag, bool value, std::uint64_t by);
  /// Forgets every change about or by one of these.
  void remove(const SequenceSet& sequences);
  /// Forgets every change by a block above `by`; all without one.
  void cut_above(std::optional<std::uint64_t> by);
  /// The block of the last change; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> last_by() const;

  /// After all changes. O(1).
  [[nodiscard]] const SequenceSet& now(Flag flag) const {
    return now_[static_cast<std::size_t>(flag)];
  }
  /// After all changes by blocks up to and including `by`. O(changes).
  [[nodiscard]] SequenceSet at(Flag flag, std::uint64_t by) const;

  /// The whole history as bytes; parse() reads them.
  [[nodiscard]] std::string serialise() const;
  /// Nothing for bytes that are not a history.
  [[nodiscard]] static std::optional<FlagHistory> parse(std::string_view bytes);

 private:
  struct Change {
    std::uint32_t sequence;
    std::uint32_t by;
    Flag flag;
    bool value;
  };
  void apply(const Change& change);

  std::vector<Change> changes_;
  std::array<SequenceSet, flag_count> now_;
};

}  // namespace mbe
