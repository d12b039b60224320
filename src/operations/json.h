// The JSON of every interface: members keep the order in which they were written.
#pragma once

#include <nlohmann/json.hpp>

namespace mbe {

using Json = nlohmann::ordered_json;

}  // namespace mbe
