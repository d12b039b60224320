// What logins cost, counted: a password that is hashed is some 40 ms and 19 MiB, and whether it was
// is what must not differ between a name that exists and one that does not. Any thread.
#pragma once

#include <cstdint>

namespace mbe {

/// How many passwords this process has hashed.
[[nodiscard]] std::uint64_t passwords_hashed();

}  // namespace mbe
