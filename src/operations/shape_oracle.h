// For tests: whether a value is what a shape (shapes.h) promises. Pure functions.
#pragma once

#include <string>

#include "base/json.h"

namespace mbe {

/// By JSON Schema's name of a type.
[[nodiscard]] inline bool is_of_type(const Json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type == "null" && value.is_null();
}

/// Why the value does not fit the part of JSON Schema that shapes use, or nothing.
[[nodiscard]] inline std::string misfit(const Json& shape, const Json& value,
                                        const std::string& path) {
  const Json& type = shape["type"];
  bool fits = false;
  for (const Json& one : type.is_array() ? type : Json::array({type})) {
    fits = fits || is_of_type(value, one);
  }
  if (!fits) return path + " is not of type " + type.dump();
  if (value.is_array()) {
    for (const Json& item : value) {
      if (auto why = misfit(shape["items"], item, path + "[]"); !why.empty()) return why;
    }
  }
  if (!value.is_object()) return "";
  if (!shape.contains("properties")) {
    for (const auto& [name, member] : value.items()) {
      if (!shape.contains("additionalProperties")) break;
      auto why = misfit(shape["additionalProperties"], member, path + "." + name);
      if (!why.empty()) return why;
    }
    return "";
  }
  for (const Json& name : shape["required"]) {
    if (!value.contains(name)) return path + "." + name.get<std::string>() + " is missing";
  }
  for (const auto& [name, member] : value.items()) {
    if (!shape["properties"].contains(name)) return path + "." + name + " is not described";
    if (auto why = misfit(shape["properties"][name], member, path + "." + name); !why.empty()) {
      return why;
    }
  }
  return "";
}

}  // namespace mbe
