#include "server/server_config.h"

#include <toml++/toml.h>

#include <sstream>

#include "fs/file_system.h"
#include "operations/fields.h"

namespace mbe {

namespace {

constexpr std::size_t file_bytes_max = 65'536;

Bounds between(double min, double max) {
  return {.min = min, .max = max, .choices = {}};
}

Fields<ServerConfig> make_fields() {
  using C = ServerConfig;
  constexpr double hour = 3'600;
  Fields<C> out;
  out.add("address", &C::address, "where to listen", between(1, 255))
      .add("port", &C::port, "0: any that is free", between(0, UINT16_MAX))
      .add("host_names", &C::host_names, "names under which it is addressed",
           {.min = 1, .max = 255, .choices = {}, .items_max = 100})
      .add("behind_proxy", &C::behind_proxy, "a proxy with TLS stands before it")
      .add("insecure_http", &C::insecure_http, "plain text over the network")
      .add("log", &C::log, "JSON lines", {.choices = {"all", "warnings", "none"}})
      .add("threads", &C::threads, "that answer", between(1, 256))
      .add("requests_max", &C::requests_max, "at once, waiting ones included", between(1, 100'000))
      .add("connections_max", &C::connections_max, "open at once", between(1, 100'000))
      .add("body_bytes_max", &C::body_bytes_max, "of a request", between(1'024, 1e9))
      .add("header_bytes_max", &C::header_bytes_max, "of a request", between(1'024, 1e6))
      .add("read_timeout_s", &C::read_timeout_s, "for a request to arrive", between(1, hour))
      .add("idle_timeout_s", &C::idle_timeout_s, "between requests", between(1, hour))
      .add("drain_timeout_s", &C::drain_timeout_s, "for what was accepted", between(0, hour));
  return out;
}

const Fields<ServerConfig>& fields() {
  static const Fields<ServerConfig> all = make_fields();
  return all;
}

Json json_of_toml(const toml::table& table) {
  std::ostringstream text;
  text << toml::json_formatter(table);
  return Json::parse(text.str(), nullptr, false);
}

/// Each key for itself first: so that what is wrong is told with its line.
Result<ServerConfig> read_config(const toml::table& table, const std::string& file) {
  const Json json = json_of_toml(table);
  if (!json.is_object()) {
    return fail(ErrorCode::invalid_argument, "{}: only texts, whole numbers, true, false and lists",
                file);
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const auto alone = fields().read(Json{{name, json.at(name)}});
    if (alone.ok()) continue;
    return fail(ErrorCode::invalid_argument, "{} line {}: {}", file, key.source().begin.line,
                alone.error().message());
  }
  return fields().read(json);
}

}  // namespace

Result<ServerConfig> ServerConfig::parse(std::string_view text, const std::string& file) {
  try {
    return read_config(toml::parse(text), file);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, "{} line {}: {}", file, error.source().begin.line,
                error.description());
  }
}

Result<ServerConfig> ServerConfig::load(const std::string& home) {
  const std::string path = home + "/server.toml";
  MBE_ASSIGN(const bool exists, posix_file_system().exists(path));
  if (!exists) return ServerConfig{};
  MBE_ASSIGN(const std::string text, read_file(posix_file_system(), path, file_bytes_max));
  return parse(text, path);
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
