#include "operations/fields.h"

#include <algorithm>
#include <cmath>

#include "base/datetime.h"

namespace mbe {

namespace {

constexpr TimeMs day_ms = 86'400'000;
constexpr std::size_t day_characters = 10;  // 2026-11-22

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

template <class Item>
Result<void> read_items(const std::string& name, const Json& json, const Bounds& bounds,
                        std::vector<Item>& out) {
  MBE_TRY(check_items(name, json, bounds.items_max));
  out.clear();
  for (std::size_t i = 0; i < json.size(); ++i) {
    MBE_TRY(read_value(fmt::format("{}[{}]", name, i), json[i], bounds, out.emplace_back()));
  }
  return {};
}

}  // namespace

Result<void> read_value(const std::string& name, const Json& json, const Bounds&, bool& out) {
  if (!json.is_boolean())
    return fail(ErrorCode::invalid_argument, "`{}` must be true or false", name);
  out = json.get<bool>();
  return {};
}

Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::string& out) {
  if (!json.is_string()) return fail(ErrorCode::invalid_argument, "`{}` must be a text", name);
  out = json.get<std::string>();
  if (!bounds.choices.empty() && std::ranges::find(bounds.choices, out) == bounds.choices.end()) {
    return fail(ErrorCode::invalid_argument, "`{}` must be one of {}", name,
                list_of(bounds.choices));
  }
  if (static_cast<double>(out.size()) > bounds.max) {
    return fail(ErrorCode::limit, "`{}` is {} bytes, at most {} are taken", name, out.size(),
                static_cast<std::uint64_t>(bounds.max));
  }
  if (static_cast<double>(out.size()) < bounds.min)
    return fail(ErrorCode::invalid_argument, "`{}` is empty", name);
  return {};
}

Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        float& out) {
  if (!json.is_number()) return fail(ErrorCode::invalid_argument, "`{}` must be a number", name);
  const double number = json.get<double>();
  if (!(number >= bounds.min && number <= bounds.max)) {
    return fail(ErrorCode::invalid_argument, "`{}` must lie between {} and {}", name, bounds.min,
                bounds.max);
  }
  out = static_cast<float>(number);
  return {};
}

Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::vector<std::string>& out) {
  return read_items(name, json, bounds, out);
}

Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::vector<std::uint64_t>& out) {
  return read_items(name, json, bounds, out);
}

Result<std::int64_t> read_integer(const std::string& name, const Json& json, const Bounds& bounds) {
  // 3.0 is a whole number in JSON; 1e300 is none that we could hold.
  const bool whole =
      json.is_number_integer() ||
      (json.is_number_float() && std::floor(json.get<double>()) == json.get<double>());
  if (!whole) return fail(ErrorCode::invalid_argument, "`{}` must be a whole number", name);
  const double number = json.get<double>();
  if (!(number >= bounds.min && number <= bounds.max)) {
    return fail(ErrorCode::invalid_argument, "`{}` must lie between {} and {}", name,
                static_cast<std::int64_t>(bounds.min), static_cast<std::int64_t>(bounds.max));
  }
  return static_cast<std::int64_t>(number);
}

Result<TimeMs> read_time(const std::string& name, const Json& json, bool is_end) {
  if (!json.is_string())
    return fail(ErrorCode::invalid_argument, "`{}` must be a time, as text", name);
  const auto& text = json.get_ref<const std::string&>();
  const std::optional<TimeMs> time = parse_time(text);
  if (!time) {
    return fail(ErrorCode::invalid_argument,
                "{}: not a time: {}; write 2026-11-22 or 2026-11-22T14:03:00", name, text);
  }
  return is_end && text.size() == day_characters ? *time + day_ms - 1 : *time;
}

Json time_json(const std::optional<TimeMs>& time) {
  return time ? Json(format_time(*time)) : Json();
}

Json schema_of(const bool*, const Bounds&) {
  return {{"type", "boolean"}};
}

Json schema_of(const std::string*, const Bounds& bounds) {
  Json out = {{"type", "string"}};
  if (!bounds.choices.empty()) {
    out["enum"] = bounds.choices;
    return out;
  }
  // In characters: a text within the limit of bytes is within it too.
  if (bounds.min > 0) out["minLength"] = static_cast<std::uint64_t>(bounds.min);
  if (bounds.max < static_cast<double>(json_integer_max)) {
    out["maxLength"] = static_cast<std::uint64_t>(bounds.max);
  }
  return out;
}

Json schema_of(const float*, const Bounds& bounds) {
  return {{"type", "number"}, {"minimum", bounds.min}, {"maximum", bounds.max}};
}

Json schema_of(const std::vector<std::string>*, const Bounds& bounds) {
  return list_schema(schema_of(static_cast<const std::string*>(nullptr), bounds), bounds.items_max);
}

Json schema_of(const std::vector<std::uint64_t>*, const Bounds& bounds) {
  return list_schema(integer_schema(bounds), bounds.items_max);
}

Json integer_schema(const Bounds& bounds) {
  return {{"type", "integer"},
          {"minimum", static_cast<std::int64_t>(bounds.min)},
          {"maximum", static_cast<std::int64_t>(bounds.max)}};
}

Json time_schema() {
  return {{"type", "string"}, {"anyOf", {{{"format", "date"}}, {{"format", "date-time"}}}}};
}

Json list_schema(Json item, std::size_t items_max) {
  return {{"type", "array"}, {"items", std::move(item)}, {"maxItems", items_max}};
}

Json object_schema(const std::vector<Argument>& arguments) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Argument& argument : arguments) {
    Json& schema = properties[argument.name] = argument.schema;
    if (argument.required) {
      required.push_back(argument.name);
      continue;
    }
    schema["type"] = {schema["type"], "null"};
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
  }
  Json out = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  out["additionalProperties"] = false;
  return out;
}

Result<void> check_items(const std::string& name, const Json& json, std::size_t items_max) {
  if (!json.is_array()) return fail(ErrorCode::invalid_argument, "`{}` must be a list", name);
  if (json.size() <= items_max) return {};
  return fail(ErrorCode::limit, "`{}` takes at most {} items, {} were given", name, items_max,
              json.size());
}

Result<void> check_names(const std::vector<Argument>& arguments, const Json& given) {
  if (!given.is_object()) {
    return fail(ErrorCode::invalid_argument, "the arguments must be a JSON object");
  }
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(arguments, name, &Argument::name) != arguments.end()) continue;
    std::vector<std::string> known;
    for (const Argument& argument : arguments) known.push_back(argument.name);
    return fail(ErrorCode::invalid_argument, "`{}` is no argument here; there are: {}", name,
                known.empty() ? "none" : list_of(known));
  }
  for (const Argument& argument : arguments) {
    const auto found = given.find(argument.name);
    if (argument.required && (found == given.end() || found->is_null())) {
      return fail(ErrorCode::invalid_argument, "`{}` is missing", argument.name);
    }
  }
  return {};
}

}  // namespace mbe
