// Why a model behind a URL did not answer, out of what its server says: providers name the same
// things in their own words. Errors say the next step. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace mbe {

enum class Trouble : std::uint8_t {
  key,
  credit,
  model,
  too_many,
  overloaded,
  too_long,
  request,
  server,
  declined,  ///< the model, or who watches over it, will not answer this
};

/// What an error's body says of the reason; nothing if it is no known one. Of all wires.
[[nodiscard]] std::optional<Trouble> known_trouble(const nlohmann::json& body);
/// What an HTTP status says of it, where the body does not.
[[nodiscard]] Trouble trouble_of(long status);
/// Whether it may be over in a moment.
[[nodiscard]] bool passes(Trouble trouble);
/// As the asker sees it. status: 0 in the middle of an answer. detail: the server's words.
[[nodiscard]] Error trouble_error(Trouble trouble, long status, const std::string& url,
                                  const std::string& detail);

}  // namespace mbe
