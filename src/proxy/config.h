// `[proxy]` of config.toml: where proxied conversations go, and how much memory goes with them.
// Form: docs/guide/proxy.md. Pure values; a key is read by read_keys alone, and never shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "settings/toml_file.h"

namespace mbe {

/// A provider, or a server of models.
struct ProxyUpstream {
  std::string url;                   ///< up to and with `/v1`, no slash behind; empty: none
  std::string key_env, key_command;  ///< where its key comes from; both empty: it needs none
  std::string model;                 ///< where a request names none; empty: its own choice
  std::string key;                   ///< by read_keys
};

struct ProxyConfig {
  ProxyUpstream openai;     ///< [proxy.openai]: chat completions, responses, embeddings, models
  ProxyUpstream anthropic;  ///< [proxy.anthropic]: messages
  std::string memory = "readwrite";  ///< off, read or readwrite, where a request does not say
  std::size_t budget_tokens = 1'024;
  std::size_t requests_max = 16;  ///< waiting at once for an answer, or for a stream to begin
  std::size_t streams_max = 64;   ///< answered at once as streams
  std::int64_t connect_timeout_s = 5;
  std::int64_t silence_timeout_s = 120;  ///< of the upstream, without a single byte
};

/// Asks a table for its keys; what is wrong with their form is kept for TomlFile::check.
[[nodiscard]] ProxyConfig read_proxy(const TomlTable& table);

/// What no form tells. Errors: invalid_argument (a URL that is none, two sources of a key).
[[nodiscard]] Result<void> check_proxy(const ProxyConfig& config, const std::string& place);

/// Reads the upstreams' keys. Errors: unavailable (the variable is not set, the command printed
/// nothing).
[[nodiscard]] Result<void> read_keys(ProxyConfig& config);

}  // namespace mbe
