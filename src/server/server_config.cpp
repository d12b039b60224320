#include "server/server_config.h"

#include <filesystem>

#include "fs/file_system.h"
#include "settings/toml_file.h"

namespace mbe {

namespace {

constexpr std::size_t file_bytes_max = 65'536;
constexpr TextLimits name_limits{1, 255};
constexpr std::size_t host_names_max = 100;
constexpr std::int64_t hour_s = 3'600;

void read_limits(const TomlTable& root, ServerConfig& out) {
  root.number("threads", 1, 256, out.threads);
  root.number("requests_max", 1, 100'000, out.requests_max);
  root.number("connections_max", 1, 100'000, out.connections_max);
  root.number("body_bytes_max", 1'024, 1'000'000'000, out.body_bytes_max);
  root.number("header_bytes_max", 1'024, 1'000'000, out.header_bytes_max);
  root.number("read_timeout_s", 1, hour_s, out.read_timeout_s);
  root.number("idle_timeout_s", 1, hour_s, out.idle_timeout_s);
  root.number("drain_timeout_s", 0, hour_s, out.drain_timeout_s);
}

}  // namespace

Result<ServerConfig> ServerConfig::parse(std::string_view text, const std::string& file) {
  MBE_ASSIGN(const TomlFile toml, TomlFile::parse(text, file));
  const TomlTable& root = toml.root();
  ServerConfig out;
  root.text("address", out.address, name_limits);
  root.number("port", 0, UINT16_MAX, out.port);
  root.texts("host_names", out.host_names, host_names_max, name_limits);
  root.flag("behind_proxy", out.behind_proxy);
  root.flag("insecure_http", out.insecure_http);
  root.text("tls_cert", out.tls_cert);
  root.text("tls_key", out.tls_key);
  root.choice("log", {"all", "warnings", "none"}, out.log);
  read_limits(root, out);
  MBE_TRY(toml.check());
  return out;
}

Result<ServerConfig> ServerConfig::load(const std::string& home) {
  const std::string path = home + "/server.toml";
  MBE_ASSIGN(const bool exists, posix_file_system().exists(path));
  if (!exists) return ServerConfig{};
  MBE_ASSIGN(const std::string text, read_file(posix_file_system(), path, file_bytes_max));
  MBE_ASSIGN(ServerConfig out, parse(text, path));
  for (std::string* file : {&out.tls_cert, &out.tls_key}) {
    if (!file->empty()) *file = (std::filesystem::path(home) / *file).string();
  }
  return out;
}

HttpServerOptions ServerConfig::http() const {
  HttpServerOptions out;
  out.address = address;
  out.port = static_cast<std::uint16_t>(port);
  out.threads = threads;
  out.waiting_max = requests_max;
  out.connections_max = connections_max;
  out.body_bytes_max = body_bytes_max;
  out.header_bytes_max = header_bytes_max;
  out.read_timeout = std::chrono::seconds(read_timeout_s);
  out.idle_timeout = std::chrono::seconds(idle_timeout_s);
  out.drain_timeout = std::chrono::seconds(drain_timeout_s);
  return out;
}

}  // namespace mbe
