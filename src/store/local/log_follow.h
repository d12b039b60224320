// Reading a log forward from a known tail: which lines continue the chain, where it breaks, what is
// left over. Changes nothing; recovery, refresh and open build on it. Rules:
// docs/format/segment.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/local/log_files.h"
#include "store/local/segments.h"

namespace mbe {

/// Bytes from `offset` to the end of a segment that belong to no block of the chain.
struct Leftover {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;
};

/// A line whose own header hash holds, found behind a break.
struct Stray {
  std::uint64_t sequence = 0;
  Place place;
};

struct Followed {
  Tail tail;                                ///< behind the last good line; `synced` as at the start
  std::vector<Place> places;                ///< of the lines found, from the start's count on
  std::vector<std::uint64_t> erase_blocks;  ///< among them
  std::uint64_t acknowledged = 0;   ///< blocks that some header or segment proves were synced
  bool broken = false;              ///< unreadable bytes follow the tail
  std::vector<Leftover> leftovers;  ///< in order; the one behind a break included
  std::vector<Stray> strays;        ///< only behind a break
};

struct FollowOptions {
  std::string_view chain;
  std::vector<std::uint32_t> segments;   ///< ascending; those below the start's are passed over
  std::uint64_t count_max = UINT64_MAX;  ///< stop once this many blocks are known
};

/// Follows from `start`. Nothing if a later segment begins below it: then follow from the first
/// one. Errors: io.
[[nodiscard]] Result<std::optional<Followed>> follow(const Segments& segments, const Tail& start,
                                                     const FollowOptions& options);

}  // namespace mbe
