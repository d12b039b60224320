#include "settings/toml_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <list>

namespace mbe {

/// A table that was asked for, and what of it.
struct TomlTable::Known {
  const toml::table* table = nullptr;  ///< null: the file has none
  std::string prefix;                  ///< `models.small.`; of the root nothing
  std::vector<std::string> keys = {};
};

struct TomlTable::File {
  toml::table table;
  std::string name;
  std::list<Known> known = {};
  std::vector<std::pair<std::uint32_t, Error>> wrong = {};  ///< by line

  [[nodiscard]] std::string place(const toml::node& node) const {
    return name + " line " + std::to_string(node.source().begin.line);
  }
  template <class... Args>
  void refuse(const toml::node& node, std::string_view why, const Args&... args) {
    wrong.emplace_back(node.source().begin.line,
                       fail(ErrorCode::invalid_argument, why, place(node), args...));
  }
  /// The node of a key; null if there is none. From then on the key is known.
  const toml::node* find(Known& in, std::string_view key) const {
    in.keys.emplace_back(key);
    return in.table == nullptr ? nullptr : in.table->get(key);
  }
  /// Whether a text keeps within its limits; refused if not.
  bool fits(const toml::node& node, const std::string& key, const std::string& text,
            TextLimits limits) {
    const bool fits = text.size() >= limits.min && text.size() <= limits.max;
    if (!fits) refuse(node, "{}: `{}` has {} to {} bytes", key, limits.min, limits.max);
    return fits;
  }
  void check_keys(const Known& in) {
    if (in.table == nullptr) return;
    for (const auto& [key, node] : *in.table) {
      if (std::ranges::find(in.keys, key.str()) != in.keys.end()) continue;
      refuse(node, "{}: there is no `{}{}`; the names are {}", in.prefix, key.str(),
             fmt::format("{}", fmt::join(in.keys, ", ")));
    }
  }
};

bool TomlTable::exists() const {
  return known_->table != nullptr;
}

std::string TomlTable::place() const {
  return exists() ? file_->place(*known_->table) : file_->name;
}

void TomlTable::flag(std::string_view key, bool& into) const {
  const toml::node* node = file_->find(*known_, key);
  if (node == nullptr) return;
  const auto value = node->value_exact<bool>();
  if (!value) file_->refuse(*node, "{}: `{}{}` is true or false", known_->prefix, key);
  into = value.value_or(into);
}

void TomlTable::text(std::string_view key, std::string& into, TextLimits limits) const {
  const toml::node* node = file_->find(*known_, key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  const std::string name = known_->prefix + std::string(key);
  if (!value) return file_->refuse(*node, "{}: `{}` is a text", name);
  if (file_->fits(*node, name, *value, limits)) into = *value;
}

void TomlTable::choice(std::string_view key, const std::vector<std::string_view>& choices,
                       std::string& into) const {
  const toml::node* node = file_->find(*known_, key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::string>();
  if (value && std::ranges::find(choices, *value) != choices.end()) {
    into = *value;
    return;
  }
  file_->refuse(*node, "{}: `{}{}` is one of {}", known_->prefix, key,
                fmt::format("{}", fmt::join(choices, ", ")));
}

void TomlTable::texts(std::string_view key, std::vector<std::string>& into, std::size_t items_max,
                      TextLimits limits) const {
  const toml::node* node = file_->find(*known_, key);
  if (node == nullptr) return;
  const std::string name = known_->prefix + std::string(key);
  const toml::array* list = node->as_array();
  if (list == nullptr || list->size() > items_max) {
    return file_->refuse(*node, "{}: `{}` is a list of at most {} texts", name, items_max);
  }
  std::vector<std::string> out;
  for (const toml::node& item : *list) {
    const auto value = item.value_exact<std::string>();
    if (!value) return file_->refuse(item, "{}: `{}` is a list of texts", name);
    if (!file_->fits(item, name, *value, limits)) return;
    out.push_back(*value);
  }
  into = std::move(out);
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key, std::int64_t least,
                                               std::int64_t most) const {
  const toml::node* node = file_->find(*known_, key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= least && *value <= most) return value;
  file_->refuse(*node, "{}: `{}{}` is a whole number from {} to {}", known_->prefix, key, least,
                most);
  return std::nullopt;
}

TomlTable TomlTable::table(std::string_view key) const {
  const toml::node* node = file_->find(*known_, key);
  const std::string name = known_->prefix + std::string(key);
  if (node != nullptr && !node->is_table())
    file_->refuse(*node, "{}: `{}` is a table: [{}]", name, name);
  file_->known.push_back({node == nullptr ? nullptr : node->as_table(), name + "."});
  return {file_, &file_->known.back()};
}

std::vector<std::pair<std::string, TomlTable>> TomlTable::tables() const {
  std::vector<std::pair<std::string, TomlTable>> out;
  if (!exists()) return out;
  for (const auto& [key, node] : *known_->table) {
    std::string name(key.str());
    TomlTable one = table(name);
    out.emplace_back(std::move(name), std::move(one));
  }
  return out;
}

Result<TomlFile> TomlFile::parse(std::string_view text, std::string name) {
  try {
    auto file = std::make_shared<TomlTable::File>(
        TomlTable::File{.table = toml::parse(text), .name = std::move(name)});
    file->known.push_back({&file->table, ""});
    TomlTable::Known* root = &file->known.back();
    return TomlFile(TomlTable(std::move(file), root));
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, "{} line {}: {}", name, error.source().begin.line,
                error.description());
  }
}

Result<void> TomlFile::check() const {
  TomlTable::File& file = *root_.file_;
  for (const TomlTable::Known& one : file.known) file.check_keys(one);
  const auto first =
      std::ranges::min_element(file.wrong, {}, [](const auto& one) { return one.first; });
  if (first == file.wrong.end()) return {};
  return first->second;
}

}  // namespace mbe
