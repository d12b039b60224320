#include "engine/home.h"
#include "settings/toml_file.h"

namespace mbe {

namespace {

void read_short_term(const TomlTable& table, ShortTermLimits& out) {
  constexpr TimeMs month = 31 * 24 * 60;
  TimeMs minutes = out.ttl_ms / 60'000;
  table.number("ttl_minutes", 1, month, minutes);
  out.ttl_ms = minutes * 60'000;
  table.number("turns_max", 1, 1'000, out.turns_max);
}

Result<void> read_key(const TomlTable& table, std::vector<std::string>& out) {
  constexpr std::size_t words_max = 1'000;
  table.texts("command", out, words_max);
  if (!table.exists() || !out.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "{}: [key] needs `command`, a list of texts: the program and its arguments",
              table.place());
}

}  // namespace

Result<HomeConfig> HomeConfig::parse(std::string_view text, const std::string& file) {
  constexpr std::int64_t lines_max = 1'000'000;
  constexpr std::int64_t days_max = 36'500;
  MBE_ASSIGN(const TomlFile toml, TomlFile::parse(text, file));
  HomeConfig out;
  read_short_term(toml.root().table("short_term"), out.short_term);
  toml.root().table("model").text("embedding", out.embedding_model);
  const TomlTable transcripts = toml.root().table("transcripts");
  transcripts.flag("write", out.transcripts.write);
  transcripts.flag("raw", out.transcripts.raw);
  transcripts.number("lines_a_part", 1, lines_max, out.transcripts.lines_a_part);
  const TomlTable derived = toml.root().table("derived");
  derived.number("summarise_after_days", 0, days_max, out.derived.summarise_after_days);
  derived.flag("merge", out.derived.merge);
  const TomlTable proxy = toml.root().table("proxy");
  out.proxy = read_proxy(proxy);
  const Result<void> key = read_key(toml.root().table("key"), out.root_key_command);
  MBE_TRY(toml.check());
  MBE_TRY(key);
  if (proxy.exists()) MBE_TRY(check_proxy(out.proxy, proxy.place()));
  return out;
}

}  // namespace mbe
