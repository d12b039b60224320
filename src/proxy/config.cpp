#include "proxy/config.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace mbe {

namespace {

constexpr std::int64_t budget_tokens_min = 256, budget_tokens_max = 1'000'000;
constexpr std::int64_t at_once_max = 1'000;
constexpr std::int64_t hour_s = 3'600;

void read_upstream(const TomlTable& table, ProxyUpstream& out) {
  table.text("url", out.url);
  table.text("key_env", out.key_env);
  table.text("key_command", out.key_command);
  table.text("model", out.model);
  while (out.url.ends_with('/')) out.url.pop_back();
}

Result<void> check_upstream(const ProxyUpstream& one, const std::string& place) {
  const bool is_url = one.url.starts_with("http://") || one.url.starts_with("https://");
  if (!one.url.empty() && !is_url) {
    return fail(ErrorCode::invalid_argument,
                "{}: `url` of an upstream begins with http:// or https://", place);
  }
  if (one.key_env.empty() || one.key_command.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "{}: an upstream takes `key_env` or `key_command`, not both", place);
}

Result<std::string> printed_by(const std::string& command) {
  constexpr std::size_t key_bytes_max = 4'096;
  const std::unique_ptr<FILE, int (*)(FILE*)> out(::popen(command.c_str(), "r"), ::pclose);
  std::string key(key_bytes_max, '\0');
  if (out == nullptr || std::fgets(key.data(), key_bytes_max, out.get()) == nullptr) {
    return fail(ErrorCode::unavailable,
                "a key_command under [proxy] in config.toml printed nothing; run it by hand");
  }
  key.resize(key.find_first_of(std::string("\r\n\0", 3)));
  return key;
}

Result<std::string> key_of(const ProxyUpstream& one) {
  if (!one.key_command.empty()) return printed_by(one.key_command);
  if (one.key_env.empty()) return std::string();
  if (const char* value = std::getenv(one.key_env.c_str())) return std::string(value);
  return fail(ErrorCode::unavailable,
              "the variable {} that [proxy] in config.toml names is not set; set it for the server",
              one.key_env);
}

}  // namespace

ProxyConfig read_proxy(const TomlTable& table) {
  ProxyConfig out;
  read_upstream(table.table("openai"), out.openai);
  read_upstream(table.table("anthropic"), out.anthropic);
  table.choice("memory", {"off", "read", "readwrite"}, out.memory);
  table.number("budget_tokens", budget_tokens_min, budget_tokens_max, out.budget_tokens);
  table.number("requests_max", 1, at_once_max, out.requests_max);
  table.number("streams_max", 1, at_once_max, out.streams_max);
  table.number("connect_timeout_s", 1, hour_s, out.connect_timeout_s);
  table.number("silence_timeout_s", 1, hour_s, out.silence_timeout_s);
  return out;
}

Result<void> check_proxy(const ProxyConfig& config, const std::string& place) {
  MBE_TRY(check_upstream(config.openai, place));
  return check_upstream(config.anthropic, place);
}

Result<void> read_keys(ProxyConfig& config) {
  for (ProxyUpstream* const one : {&config.openai, &config.anthropic}) {
    MBE_ASSIGN(one->key, key_of(*one));
  }
  return {};
}

}  // namespace mbe
