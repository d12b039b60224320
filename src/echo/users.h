// Whose folder of transcripts belongs to which chain, both ways: the one place that says so.
// The origin's chain is `main`, everybody else's `person:NAME`.
#pragma once

#include <optional>
#include <string>

#include "people/people.h"

namespace mbe {

/// The chain that a user's folder is replayed into. origin: the origin's folder, or empty.
[[nodiscard]] std::string chain_of_user(const std::string& user, const std::string& origin);

/// The folder that a chain's transcripts are written to; empty: the days lie in memory/ itself.
/// Nothing where a chain has none: it is nobody's own, or the name is no folder's.
[[nodiscard]] std::optional<std::string> user_of_chain(const std::string& chain,
                                                       const std::string& origin);

/// The folder of the origin's account: its name; empty while there is no account, or where the name
/// is no folder's (is_user_folder). Errors: those of People::accounts.
[[nodiscard]] Result<std::string> origin_folder(People& people);

}  // namespace mbe
