// Typed values out of a small JSON object that describes a model or a head: whoever reads one takes
// all its fields and asks once at the end which was wrong. For this folder's readers only.
#pragma once

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"

namespace mbe {

/// The object in `text`; an empty one, in which every field is missing, if there is none.
[[nodiscard]] inline nlohmann::json parse_json_object(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_object() ? json : nlohmann::json::object();
}

class JsonFields {
 public:
  /// json: an object that outlives this.
  explicit JsonFields(const nlohmann::json& json) : json_(json) {}

  /// A text, may be empty.
  std::string text(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_string()) return bad(key), std::string();
    return found->get<std::string>();
  }

  /// A whole number in [min, max].
  std::uint64_t number(const char* key, std::uint64_t min, std::uint64_t max) {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_number_unsigned()) return bad(key), min;
    const auto value = found->get<std::uint64_t>();
    if (value < min || value > max) bad(key);
    return value;
  }

  /// A number in [0, 1].
  double fraction(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_number()) return bad(key), 0.0;
    const auto value = found->get<double>();
    if (!(value >= 0 && value <= 1)) bad(key);
    return value;
  }

  /// The place of a text among `names`.
  std::size_t choice(const char* key, std::initializer_list<std::string_view> names) {
    const auto found = std::ranges::find(names, text(key));
    if (found == names.end()) return bad(key), 0;
    return static_cast<std::size_t>(found - names.begin());
  }

  /// A SHA-256 in lower-case hexadecimal.
  Digest digest(const char* key) {
    const auto digest = bytes32_from_hex(text(key));
    if (!digest) bad(key);
    return digest.value_or(Digest{});
  }

  /// The name of a file in the same folder: no path leads out of it.
  std::filesystem::path file_name(const char* key) {
    std::filesystem::path file(text(key));
    if (file.empty() || file != file.filename() || file == "." || file == "..") bad(key);
    return file;
  }

  /// A list of 0 … items_max objects.
  nlohmann::json objects(const char* key, std::size_t items_max) {
    const auto found = json_.find(key);
    const bool fits = found != json_.end() && found->is_array() && found->size() <= items_max;
    if (!fits || !std::ranges::all_of(*found, [](const auto& item) { return item.is_object(); })) {
      return bad(key), nlohmann::json::array();
    }
    return *found;
  }

  /// Remembers that a field is wrong; the first one stays.
  void bad(const char* key) {
    if (!first_bad_) first_bad_ = key;
  }
  [[nodiscard]] const std::optional<std::string>& first_bad() const { return first_bad_; }

 private:
  const nlohmann::json& json_;
  std::optional<std::string> first_bad_;
};

}  // namespace mbe
