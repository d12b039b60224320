// The payload of a block: everything a person said and everything that describes it. Sealed; in
// clear only inside a process that holds the key. JSON form with short keys, defaults left out:
// docs/format/block.md. Invariant: parse(serialise(p)) == p.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace mbe {

enum class Kind : std::uint8_t {
  utterance,
  answer,
  fact,
  summary,
  merge,
  supersede,
  pin,
  identity,
  manifest,
  insight,
  creation,
  import,
  audit,
};
/// Set from the channel a block came through, never from what a caller claims.
enum class Trust : std::uint8_t { owner, member, agent, tool, imported, web };

/// The name in JSON and documents, and back; nothing for any other text.
[[nodiscard]] std::string_view kind_name(Kind kind);
/// See kind_name.
[[nodiscard]] std::optional<Kind> kind_from_name(std::string_view name);
/// As kind_name.
[[nodiscard]] std::string_view trust_name(Trust trust);
/// As kind_from_name.
[[nodiscard]] std::optional<Trust> trust_from_name(std::string_view name);

/// Another block this one derives from or acts on. `chain` and `hash` are empty for one of the
/// same chain.
struct Reference {
  std::uint64_t sequence = 0;
  std::string chain;
  std::string hash;
  auto operator<=>(const Reference&) const = default;
};

struct Payload {
  Kind kind = Kind::utterance;
  Trust trust = Trust::owner;
  std::string text;  ///< what was said, byte for byte
  std::string speaker;
  std::string session;              ///< groups turns of one conversation
  std::string source;               ///< the id in the system it came from
  std::string channel;              ///< cli, rest, mcp, python, import …
  std::string writer;               ///< account or agent that wrote it
  std::string action;               ///< of a pin block: pin, unpin, hide, restore; of others empty
  TimeMs recorded_ms = 0;           ///< the clock as read at the append
  bool clock_stepped_back = false;  ///< recorded_ms is lower than an earlier block's
  std::optional<TimeMs> event_ms;   ///< when it happened, if known
  std::vector<Reference> refs;
  std::vector<std::string> keywords;  ///< labels, as shown
  std::vector<std::string> tags;      ///< ids
  float importance = 0;               ///< 0 … 1, kept to three decimals
  std::uint32_t analysis_version = 0;
  std::string data;  ///< further JSON object of this kind (an insight, an audit record), or empty
  auto operator<=>(const Payload&) const = default;
};

/// Compact JSON: one form for each payload. `data` goes in as it is. O(n).
[[nodiscard]] std::string serialise(const Payload& payload);
/// The same with another recorded time, without a copy.
[[nodiscard]] std::string serialise(const Payload& payload, TimeMs recorded_ms, bool stepped_back);
/// Errors: corrupt (not the JSON that serialise makes of some payload).
[[nodiscard]] Result<Payload> parse_payload(std::string_view json);
/// Whether it can be written and read back. Errors: invalid_argument (a text is not UTF-8,
/// importance is outside 0 … 1, `data` is not a JSON object from its first byte to its last).
[[nodiscard]] Result<void> check_payload(const Payload& payload);

}  // namespace mbe
