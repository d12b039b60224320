// Which source ids a chain holds, for a run of imports. A long run reads all of them once and from
// then on only what others append; a short one asks the index for each id. Invariant: an id whose
// block was published before follow() is known after it. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "engine/memory_parts.h"

namespace mbe {

class ImportedIds {
 public:
  /// `memory` must outlive it. expected: about how many ids are going to be asked for.
  ImportedIds(const Memory::Parts& memory, std::uint64_t expected)
      : memory_(memory), expected_(expected) {}

  /// Takes in what was appended since the last call. Errors: io, corrupt.
  Result<void> follow();
  /// Whether an id, not empty, is there already or was asked for before. Errors: corrupt.
  [[nodiscard]] Result<bool> contains_or_add(const std::string& id);
  /// A block of this very run: follow() need not look at it.
  void leave_out(std::uint64_t sequence) { own_.add(sequence); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
  };
  Result<void> read_index();

  const Memory::Parts& memory_;
  std::uint64_t expected_;
  bool holds_all_ = false;   ///< ids_ has every id up to next_; else only those asked for
  DerivedSnapshot indexes_;  ///< asked where ids_ does not have all
  std::unordered_set<std::string, Hash, std::equal_to<>> ids_;
  std::uint64_t next_ = 0;  ///< the first block that was not looked at; 0: none was
  SequenceSet own_;
};

}  // namespace mbe
