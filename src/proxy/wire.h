// Requests of the three wires that a proxied conversation comes in - OpenAI's chat completions and
// responses, Anthropic's messages - read just enough: what was said, and where memory goes in.
// Memory stands beside the newest words of the person, never in the system's, and no other byte is
// changed: docs/design/0020. Pure; any thread. Source of the forms: the providers' API references.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

enum class Wire : std::uint8_t { chat, responses, messages };

/// Words of the person or of the assistant; those of tools and of the system are not among them.
struct WireTurn {
  bool from_person = false;
  std::string text;  ///< without what a proxy had put in: own_words.h
};

struct WireRequest {
  Wire wire = Wire::chat;
  std::vector<WireTurn> turns;        ///< in their order; only those that say something
  std::optional<std::size_t> newest;  ///< of the person; nothing where none says anything
  std::string model;                  ///< empty: none is named
  bool streams = false;
  /// What the request says it goes on from: `previous_response_id`, `conversation`; else empty.
  std::string previous, conversation;

  /// Where memory goes: an offset in the body, and as what.
  enum class Place : std::uint8_t { in_text, before_parts, behind_parts };
  Place place = Place::in_text;
  std::size_t offset = 0;
};

/// Errors: invalid_argument (no JSON object in UTF-8 of at most 64 levels).
[[nodiscard]] Result<WireRequest> read_request(Wire wire, std::string_view body);

/// The body with `memory` beside the newest words; as it was if that is empty or there are none.
[[nodiscard]] std::string with_memory(const WireRequest& request, std::string_view body,
                                      std::string_view memory);

/// The body with a model where it names none; as it was if `model` is empty.
[[nodiscard]] std::string with_model(const WireRequest& request, std::string body,
                                     const std::string& model);

}  // namespace mbe
