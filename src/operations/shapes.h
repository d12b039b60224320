// JSON Schemas of what operations return; the values themselves are made in views.h. A test holds
// every result against its shape.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "base/json.h"

namespace mbe {

/// An object that has all of these members; further ones may be added by later versions.
[[nodiscard]] Json object_shape(std::initializer_list<std::pair<std::string, Json>> members);
[[nodiscard]] Json list_shape(Json item);
/// An object whose members have names of their own, and values of one shape.
[[nodiscard]] Json map_shape(Json value);
/// The shape, or null.
[[nodiscard]] Json or_null_shape(Json shape);
/// Any text.
[[nodiscard]] Json text_shape();
/// true or false.
[[nodiscard]] Json flag_shape();
/// A whole number from 0 on.
[[nodiscard]] Json count_shape();
/// Any number.
[[nodiscard]] Json number_shape();

/// Of block_json.
[[nodiscard]] Json block_shape(bool with_embedding);
/// Of one hit of recall_json.
[[nodiscard]] Json hit_shape();
/// Of recall_json.
[[nodiscard]] Json recall_shape();
/// Of waypoints_json.
[[nodiscard]] Json waypoints_shape();
/// Of turns_json.
[[nodiscard]] Json turns_shape();
/// Of analysis_json.
[[nodiscard]] Json analysis_shape();
/// Of stats_json.
[[nodiscard]] Json stats_shape();
/// Of verify_json.
[[nodiscard]] Json verify_shape();

}  // namespace mbe
