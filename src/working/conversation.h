// One conversation's short-term memory: its turns until they expire, and the waypoints that are on
// the person's mind. A plain value; who stores it is working/working_memory.h. Invariant: never
// more than turns_max turns or bytes_max bytes of text, and an expired turn never comes back, even
// if the wall clock steps back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace mbe {

struct ShortTermLimits {
  TimeMs ttl_ms = 6 * 3'600'000LL;  ///< life of a turn
  std::size_t turns_max = 50;
  std::size_t bytes_max = 65'536;  ///< of text, all turns together; one longer turn is cut
};

struct Turn {
  std::string speaker;
  std::string text;
  bool from_assistant = false;
  TimeMs time_ms = 0;
  TimeMs expires_ms = 0;
  std::optional<std::uint64_t> block_index;
  bool operator==(const Turn&) const = default;
};

/// A block kept ready. The parts add up to at most the relevance.
struct Waypoint {
  std::uint64_t block_index = 0;
  float relevance = 0;  ///< 0 … 1
  float keyword = 0, tag = 0, vector = 0;
  bool operator==(const Waypoint&) const = default;
};

struct Conversation {
  std::string name;
  std::vector<Turn> turns;          ///< oldest first
  std::vector<Waypoint> waypoints;  ///< most relevant first
  std::string current_context;      ///< the utterance the waypoints were made for
  TimeMs seen_ms = 0;               ///< latest time this conversation has met
  bool operator==(const Conversation&) const = default;

  /// Adds a turn and lets the oldest go beyond the limits.
  void add(Turn turn, const ShortTermLimits& limits);
  /// Drops what has expired at `now` (or at the latest time met, if that is later).
  void expire(TimeMs now);
  /// Removes turns and waypoints of these blocks, and turns whose text is one of `texts`.
  void forget(const std::vector<std::uint64_t>& blocks, const std::vector<std::string>& texts);
};

/// What a waypoint keeps of its relevance when another utterance is observed.
inline constexpr float waypoint_decay = 0.6F;
/// Below this a waypoint is let go.
inline constexpr float waypoint_relevance_min = 0.05F;
inline constexpr std::size_t waypoints_max = 12;

/// Spreads activation over one turn: earlier waypoints decay, fresh ones join, one found again has
/// 1 - (1 - fresh)(1 - decayed). Most relevant first, ties by lower block. O(n log n).
/// Source: Collins and Loftus, Psychological Review 1975 (spreading activation); the combination is
/// the noisy-or.
[[nodiscard]] std::vector<Waypoint> spread(const std::vector<Waypoint>& earlier,
                                           const std::vector<Waypoint>& fresh);

/// JSON of a conversation, and back. Errors: corrupt.
[[nodiscard]] std::string serialise(const Conversation& conversation);
[[nodiscard]] Result<Conversation> parse_conversation(std::string_view json);

/// The file form of B5: current_context and waypoints with block_index and relevance.
[[nodiscard]] std::string context_cache_json(const Conversation& conversation);

}  // namespace mbe
