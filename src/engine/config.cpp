#include <fmt/format.h>
#include <toml++/toml.h>

#include "engine/home.h"

namespace mbe {

namespace {

Error bad_value(const std::string& file, std::string_view key, std::string_view want) {
  return fail(ErrorCode::invalid_argument, "{}: {} must be {}", file, key, want);
}

/// Reads an integer in a range; leaves `out` alone where the key is absent.
template <class T>
Result<void> read_integer(const toml::table& table, std::string_view key, T low, T high,
                          const std::string& file, T& out) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < static_cast<std::int64_t>(low) ||
      *value > static_cast<std::int64_t>(high)) {
    return bad_value(file, key, fmt::format("a whole number from {} to {}", low, high));
  }
  out = static_cast<T>(*value);
  return {};
}

Result<void> only_keys(const toml::table& table, std::initializer_list<std::string_view> known,
                       std::string_view where, const std::string& file) {
  for (const auto& [key, value] : table) {
    bool found = false;
    for (const std::string_view one : known) found = found || key == one;
    if (!found) {
      return fail(ErrorCode::invalid_argument, "{}: unknown key `{}` in {}", file,
                  std::string(key.str()), where);
    }
  }
  return {};
}

Result<void> read_short_term(const toml::table& table, const std::string& file,
                             ShortTermLimits& out) {
  MBE_TRY(only_keys(table, {"ttl_minutes", "turns_max"}, "[short_term]", file));
  TimeMs minutes = out.ttl_ms / 60'000;
  constexpr TimeMs month = 31 * 24 * 60;
  MBE_TRY(read_integer<TimeMs>(table, "ttl_minutes", 1, month, file, minutes));
  out.ttl_ms = minutes * 60'000;
  return read_integer<std::size_t>(table, "turns_max", 1, 1'000, file, out.turns_max);
}

Result<void> read_transcripts(const toml::table& table, const std::string& file,
                              TranscriptSettings& out) {
  MBE_TRY(only_keys(table, {"write", "raw", "lines_a_part"}, "[transcripts]", file));
  const std::pair<const char*, bool*> flags[] = {{"write", &out.write}, {"raw", &out.raw}};
  for (const auto& [name, into] : flags) {
    const toml::node* node = table.get(name);
    if (node == nullptr) continue;
    const auto value = node->value_exact<bool>();
    if (!value) return bad_value(file, std::string("transcripts.") + name, "true or false");
    *into = *value;
  }
  constexpr std::uint64_t lines_max = 1'000'000;
  return read_integer<std::uint64_t>(table, "lines_a_part", 1, lines_max, file, out.lines_a_part);
}

Result<void> read_key(const toml::table& table, const std::string& file,
                      std::vector<std::string>& out) {
  MBE_TRY(only_keys(table, {"command"}, "[key]", file));
  const toml::array* command = table["command"].as_array();
  if (command == nullptr || command->empty()) {
    return bad_value(file, "key.command", "a list of texts: the program and its arguments");
  }
  for (const toml::node& node : *command) {
    const auto text = node.value_exact<std::string>();
    if (!text) return bad_value(file, "key.command", "a list of texts");
    out.push_back(*text);
  }
  return {};
}

Result<HomeConfig> read_config(const toml::table& all, const std::string& file) {
  HomeConfig out;
  MBE_TRY(only_keys(all, {"short_term", "model", "key", "transcripts"}, "the file", file));
  if (const toml::table* part = all["short_term"].as_table()) {
    MBE_TRY(read_short_term(*part, file, out.short_term));
  }
  if (const toml::table* part = all["model"].as_table()) {
    MBE_TRY(only_keys(*part, {"embedding"}, "[model]", file));
    out.embedding_model = (*part)["embedding"].value_or(std::string());
  }
  if (const toml::table* part = all["key"].as_table()) {
    MBE_TRY(read_key(*part, file, out.root_key_command));
  }
  if (const toml::table* part = all["transcripts"].as_table()) {
    MBE_TRY(read_transcripts(*part, file, out.transcripts));
  }
  return out;
}

}  // namespace

Result<HomeConfig> HomeConfig::parse(std::string_view text, const std::string& file) {
  try {
    return read_config(toml::parse(text), file);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, "{} line {}: {}", file, error.source().begin.line,
                error.description());
  }
}

}  // namespace mbe
