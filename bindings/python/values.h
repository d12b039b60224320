// Python values as JSON and back. Both ways need the interpreter's lock.
#pragma once

#include <nanobind/nanobind.h>

#include "base/json.h"

namespace mbe::python {

/// How deep values may be nested.
inline constexpr int depth_max = 64;

/// None, bool, int, float, str, and of these lists, tuples and dicts whose keys are str. Members of
/// a dict that are None are left out: they count as not given.
/// Raises TypeError (anything else), ValueError (nested deeper than 64, an int beyond 64 bits).
[[nodiscard]] Json json_of(nanobind::handle value);

/// A new object.
[[nodiscard]] nanobind::object value_of(const Json& json);

}  // namespace mbe::python
