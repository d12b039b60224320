// Arguments of an operation, declared once: name, type, limits, meaning. From that they are read
// out of JSON, refused with the argument's name and limit, written as JSON by a program that calls
// another, and described as a JSON Schema.
// Immutable once built: any thread may read with it.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace mbe {

/// Whole numbers beyond this are not exact in every JSON reader.
inline constexpr std::uint64_t json_integer_max = (std::uint64_t{1} << 53) - 1;

/// What a value may be. Numbers lie between min and max; texts have that many bytes; lists have at
/// most items_max items.
struct Bounds {
  double min = 0;
  double max = static_cast<double>(json_integer_max);
  std::vector<std::string> choices;  ///< of a text; empty: any
  std::size_t items_max = 1'000;
};

/// One argument as a caller sees it.
struct Argument {
  std::string name;
  Json schema;
  bool required = false;
};

// Reads of one value. Errors: invalid_argument, limit; each names the argument.
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds, bool& out);
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::string& out);
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        float& out);
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::vector<std::string>& out);
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::vector<std::uint64_t>& out);
/// A whole number within the bounds.
Result<std::int64_t> read_integer(const std::string& name, const Json& json, const Bounds& bounds);
/// ISO 8601 with a zone, or a day; as an end, a day means its last millisecond.
Result<TimeMs> read_time(const std::string& name, const Json& json, bool is_end);

/// Any whole number within the bounds.
template <std::integral Number>
  requires(!std::same_as<Number, bool>)
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        Number& out) {
  MBE_ASSIGN(const std::int64_t number, read_integer(name, json, bounds));
  out = static_cast<Number>(number);
  return {};
}

/// What the value would be.
template <class T>
Result<void> read_value(const std::string& name, const Json& json, const Bounds& bounds,
                        std::optional<T>& out) {
  return read_value(name, json, bounds, out.emplace());
}

/// The type's JSON Schema within the bounds.
Json schema_of(const bool*, const Bounds& bounds);
Json schema_of(const std::string*, const Bounds& bounds);
Json schema_of(const float*, const Bounds& bounds);
Json schema_of(const std::vector<std::string>*, const Bounds& bounds);
Json schema_of(const std::vector<std::uint64_t>*, const Bounds& bounds);
Json integer_schema(const Bounds& bounds);
Json time_schema();

/// A whole number within the bounds.
template <std::integral Number>
  requires(!std::same_as<Number, bool>)
Json schema_of(const Number*, const Bounds& bounds) {
  return integer_schema(bounds);
}
/// What the value would be.
template <class T>
Json schema_of(const std::optional<T>*, const Bounds& bounds) {
  return schema_of(static_cast<const T*>(nullptr), bounds);
}

/// The value as an argument; null where there is none.
template <class T>
Json json_of(const T& value) {
  return value;
}
/// See above.
template <class T>
Json json_of(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}
/// A time as an argument, to the millisecond; null where there is none.
Json time_json(const std::optional<TimeMs>& time);

/// {"type": "array", …} of items that fit the schema `item`.
Json list_schema(Json item, std::size_t items_max);

/// Errors: invalid_argument (not a list), limit (too many items).
Result<void> check_items(const std::string& name, const Json& json, std::size_t items_max);
/// {"type": "object", …}: what the arguments look like together.
[[nodiscard]] Json object_schema(const std::vector<Argument>& arguments);
/// Errors: invalid_argument (not an object, a name that is not declared, one missing).
[[nodiscard]] Result<void> check_names(const std::vector<Argument>& arguments, const Json& given);

template <class Request>
class Fields {
 public:
  /// `get`: a member pointer, or anything that gives a reference into a Request.
  template <class Get>
  Fields& add(const std::string& name, Get get, std::string meaning, const Bounds& bounds = {}) {
    using Value = std::remove_reference_t<std::invoke_result_t<Get, Request&>>;
    Json schema = schema_of(static_cast<const Value*>(nullptr), bounds);
    return put(
        name, std::move(schema), std::move(meaning),
        [name, get, bounds](const Json& json, Request& out) {
          return read_value(name, json, bounds, std::invoke(get, out));
        },
        [get](Request& request) { return json_of(std::invoke(get, request)); });
  }
  /// A time; `get` gives an std::optional<TimeMs>.
  template <class Get>
  Fields& time(const std::string& name, Get get, std::string meaning, bool is_end = false) {
    return put(
        name, time_schema(), std::move(meaning),
        [name, get, is_end](const Json& json, Request& out) -> Result<void> {
          MBE_ASSIGN(std::invoke(get, out), read_time(name, json, is_end));
          return {};
        },
        [get](Request& request) { return time_json(std::invoke(get, request)); });
  }
  /// A list of objects, each with arguments of its own; `get` gives a vector of them.
  template <class Get, class Item>
  Fields& objects(const std::string& name, Get get, const Fields<Item>& item, std::string meaning,
                  std::size_t items_max) {
    return put(
        name, list_schema(object_schema(item.arguments()), items_max), std::move(meaning),
        [name, get, item, items_max](const Json& json, Request& out) -> Result<void> {
          MBE_ASSIGN(std::invoke(get, out), read_objects(name, json, item, items_max));
          return {};
        },
        [get, item](Request& request) { return write_objects(std::invoke(get, request), item); });
  }
  /// The same where an empty list and none are not the same; `get` gives an optional vector.
  template <class Get, class Item>
  Fields& optional_objects(const std::string& name, Get get, const Fields<Item>& item,
                           std::string meaning, std::size_t items_max) {
    return put(
        name, list_schema(object_schema(item.arguments()), items_max), std::move(meaning),
        [name, get, item, items_max](const Json& json, Request& out) -> Result<void> {
          MBE_ASSIGN(std::invoke(get, out), read_objects(name, json, item, items_max));
          return {};
        },
        [get, item](Request& request) {
          const auto& given = std::invoke(get, request);
          return given ? write_objects(*given, item) : Json();
        });
  }
  /// The argument added last must be given.
  Fields& required() {
    arguments_.back().required = true;
    return *this;
  }

  [[nodiscard]] const std::vector<Argument>& arguments() const { return arguments_; }
  /// Null counts as not given. Errors: invalid_argument, limit.
  [[nodiscard]] Result<Request> read(const Json& given) const {
    MBE_TRY(check_names(arguments_, given));
    Request out;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      const auto found = given.find(arguments_[i].name);
      if (found == given.end() || found->is_null()) continue;
      MBE_TRY(readers_[i](*found, out));
    }
    return out;
  }
  /// What read() makes this request of: the arguments that differ from a new one's, as long as
  /// they are within their bounds.
  [[nodiscard]] Json write(Request request) const {
    Request untold;
    Json out = Json::object();
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      Json value = writers_[i](request);
      if (value != writers_[i](untold)) out[arguments_[i].name] = std::move(value);
    }
    return out;
  }

 private:
  using Reader = std::function<Result<void>(const Json&, Request&)>;
  using Writer = std::function<Json(Request&)>;

  template <class Item>
  static Result<std::vector<Item>> read_objects(const std::string& name, const Json& json,
                                                const Fields<Item>& item, std::size_t items_max) {
    MBE_TRY(check_items(name, json, items_max));
    std::vector<Item> out;
    for (const Json& one : json) {
      MBE_ASSIGN(Item read, item.read(one));
      out.push_back(std::move(read));
    }
    return out;
  }
  template <class Item>
  static Json write_objects(const std::vector<Item>& items, const Fields<Item>& item) {
    Json out = Json::array();
    for (const Item& one : items) out.push_back(item.write(one));
    return out;
  }

  Fields& put(const std::string& name, Json schema, std::string meaning, Reader reader,
              Writer writer) {
    schema["description"] = std::move(meaning);
    arguments_.push_back({name, std::move(schema), false});
    readers_.push_back(std::move(reader));
    writers_.push_back(std::move(writer));
    return *this;
  }

  std::vector<Argument> arguments_;
  std::vector<Reader> readers_;
  std::vector<Writer> writers_;
};

}  // namespace mbe
