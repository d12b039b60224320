// HOME/server.toml: how this home is served where the command line does not say otherwise. Unknown
// keys are refused, with their line: they are misspellings. Pure values; the keys, with their
// limits, stand in docs/guide/server.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http_server.h"

namespace mbe {

struct ServerConfig {
  std::string address = "127.0.0.1";
  std::uint64_t port = 8'000;
  std::vector<std::string> host_names;
  bool behind_proxy = false;
  bool insecure_http = false;
  std::string tls_cert, tls_key;  ///< files; both or none; load() reads them from the home's folder
  std::string log;                ///< all, warnings, none; empty: by where standard error goes
  std::uint64_t threads = 32;
  std::uint64_t requests_max = 512;
  std::uint64_t connections_max = 4'096;
  std::uint64_t body_bytes_max = 2'500'000;
  std::uint64_t header_bytes_max = 16'384;
  std::uint64_t read_timeout_s = 30;
  std::uint64_t idle_timeout_s = 75;
  std::uint64_t drain_timeout_s = 20;

  /// Errors: invalid_argument (not TOML, an unknown key, a value out of its limits; line named).
  [[nodiscard]] static Result<ServerConfig> parse(std::string_view toml, const std::string& file);
  /// All defaults where the home has no such file. Errors: io, limit (over 64 KiB), and parse's.
  [[nodiscard]] static Result<ServerConfig> load(const std::string& home);

  /// Its part for the HTTP server; `unix_path` is left empty.
  [[nodiscard]] HttpServerOptions http() const;
};

}  // namespace mbe
