#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "base/resources.h"
#include "commands.h"
#include "server/server_config.h"
#include "server/service.h"
#include "ui/interrupt.h"
#include "version.h"

namespace mbe::app {
namespace {

constexpr auto signal_poll = std::chrono::milliseconds(100);

/// What the command line says; the rest is as HOME/server.toml says.
struct Options {
  std::optional<std::string> address;
  std::optional<std::uint64_t> port;
  std::vector<std::string> host_names;
  bool insecure_http = false;
  bool behind_proxy = false;
  std::string log;
};

ServerConfig joined(ServerConfig config, const Options& options) {
  config.address = options.address.value_or(config.address);
  config.port = options.port.value_or(config.port);
  if (!options.host_names.empty()) config.host_names = options.host_names;
  config.insecure_http = config.insecure_http || options.insecure_http;
  config.behind_proxy = config.behind_proxy || options.behind_proxy;
  if (!options.log.empty()) config.log = options.log;
  return config;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

Result<Catalog> korean_messages() {
  MBE_ASSIGN(const auto file, find_resource("messages/ko.tsv"));
  return Catalog::load(file);
}

/// To a file or a service manager every request is told, to a person what went wrong alone.
void choose_log(ServiceOptions& service, const std::string& wish) {
  const bool person = isatty(STDERR_FILENO) == 1;
  if (wish == "none") return;
  const bool all = wish.empty() ? !person : wish == "all";
  service.log_least = all ? LogLevel::info : LogLevel::warn;
  service.log = [](const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  };
}

Result<int> serve(Context& context, const Options& options) {
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  MBE_ASSIGN(const ServerConfig said, ServerConfig::load(home.string()));
  const ServerConfig config = joined(said, options);
  if (!is_loopback(config.address) && !config.insecure_http && !config.behind_proxy) {
    return fail(ErrorCode::denied,
                "{} can be reached from other machines: put a TLS proxy before it and give "
                "--behind-proxy, or accept plain text with --insecure-http",
                config.address);
  }
  ServiceOptions service;
  service.home = home.string();
  service.http = config.http();
  service.host_names = {config.host_names.begin(), config.host_names.end()};
  service.version = version;
  service.behind_proxy = config.behind_proxy;
  service.utc_offset_minutes = [zone = context.zone()](TimeMs time) {
    return zone.offset_minutes(time);
  };
  choose_log(service, config.log);
  MBE_ASSIGN(service.korean, korean_messages());
  const InterruptGuard guard;
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go; the memory stays
  MBE_ASSIGN(const auto served, Service::start(std::move(service)));
  if (context.json()) {
    context.print_json({{"address", config.address}, {"port", served->port()}});
  } else {
    context.print(
        paint(context, Colour::bold, fmt::format("http://{}:{}", config.address, served->port())));
  }
  static_cast<void>(context.out().flush());
  if (const std::string code = served->first_run_code(); !code.empty()) {
    context.say(context.tr("this home has no origin yet: make the account with the code {}", code));
  }
  context.say(context.tr("Ctrl-C stops it; what was accepted is finished"));
  while (!interrupted()) std::this_thread::sleep_for(signal_poll);
  context.say(context.tr("stopping …"));
  served->stop();
  return exit_done;
}

}  // namespace

void add_serve(CommandLine& root) {
  const auto options = std::make_shared<Options>();
  root.command("serve", "answer over HTTP until stopped", "Set-up")
      .text("--host", options->address, "ADDRESS", "where to listen; 127.0.0.1: this machine alone")
      .number("-p,--port", options->port, 0, UINT16_MAX, "0: any that is free")
      .texts("--host-name", options->host_names, "NAME", "a name under which it is addressed")
      .flag("--behind-proxy", options->behind_proxy, "a proxy with TLS stands before it")
      .flag("--insecure-http", options->insecure_http, "plain text over the network")
      .choice("--log", options->log, {"all", "warnings", "none"},
              "JSON lines on standard error; warnings on a terminal, else all")
      .example("mbe serve --port 8080")
      .run([options](Context& context) { return serve(context, *options); });
}

}  // namespace mbe::app
