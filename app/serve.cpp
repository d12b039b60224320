#include <sys/resource.h>
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
  std::string tls_cert, tls_key;
  std::string log;
};

ServerConfig joined(ServerConfig config, const Options& options) {
  config.address = options.address.value_or(config.address);
  config.port = options.port.value_or(config.port);
  if (!options.host_names.empty()) config.host_names = options.host_names;
  config.insecure_http = config.insecure_http || options.insecure_http;
  config.behind_proxy = config.behind_proxy || options.behind_proxy;
  if (!options.log.empty()) config.log = options.log;
  if (!options.tls_cert.empty()) config.tls_cert = options.tls_cert;
  if (!options.tls_key.empty()) config.tls_key = options.tls_key;
  return config;
}

/// Each connection is an open file, and each part of a memory a few: what the system lets a process
/// have is taken, rather than what it gives unasked.
void raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
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

/// What others can reach needs TLS, here or before it, or consent to none.
Result<void> check_reach(const ServerConfig& config) {
  const bool encrypted = !config.tls_cert.empty() || config.behind_proxy;
  if (is_loopback(config.address) || encrypted || config.insecure_http) return {};
  return fail(ErrorCode::denied,
              "{} can be reached from other machines: give a certificate with --tls-cert and "
              "--tls-key, or put a TLS proxy before it and give --behind-proxy, or accept plain "
              "text with --insecure-http",
              config.address);
}

Result<ServiceOptions> service_options(Context& context, const std::string& home,
                                       const ServerConfig& config) {
  ServiceOptions out;
  out.home = home;
  out.http = config.http();
  out.host_names = {config.host_names.begin(), config.host_names.end()};
  out.version = version;
  out.behind_proxy = config.behind_proxy;
  out.tls = {config.tls_cert, config.tls_key};
  out.utc_offset_minutes = [zone = context.zone()](TimeMs time) {
    return zone.offset_minutes(time);
  };
  choose_log(out, config.log);
  MBE_ASSIGN(out.korean, korean_messages());
  return out;
}

void say_started(Context& context, const ServerConfig& config, const Service& service) {
  const bool encrypted = service.tls() != nullptr;
  if (context.json()) {
    context.print_json({{"address", config.address}, {"port", service.port()}, {"tls", encrypted}});
  } else {
    const std::string url =
        fmt::format("{}://{}:{}", encrypted ? "https" : "http", config.address, service.port());
    context.print(paint(context, Colour::bold, url));
  }
  static_cast<void>(context.out().flush());
}

void say_certificate(Context& context, const Service& service) {
  for (const Message& one : service.tls()->warnings(system_clock().now_ms())) {
    context.say(context.tr(one));
  }
}

/// Until Ctrl-C, or the terminal in which it was started is gone.
void wait_for_end(Context& context, Service& service) {
  const bool on_terminal = isatty(STDIN_FILENO) == 1;
  while (!interrupted()) {
    if (take_hangup()) {
      if (on_terminal && isatty(STDIN_FILENO) != 1) return;
      const auto renewed = service.renew_tls();
      if (!renewed.ok()) {
        context.report(renewed.error());
      } else if (service.tls() != nullptr) {
        context.say(context.tr("the certificate was read again"));
        say_certificate(context, service);
      }
    }
    std::this_thread::sleep_for(signal_poll);
  }
}

Result<int> serve(Context& context, const Options& options) {
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  MBE_ASSIGN(const ServerConfig said, ServerConfig::load(home.string()));
  const ServerConfig config = joined(said, options);
  MBE_TRY(check_reach(config));
  MBE_ASSIGN(ServiceOptions service, service_options(context, home.string(), config));
  raise_open_files();
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go; the memory stays
  const InterruptGuard interrupts;
  const HangupGuard hangups;
  MBE_ASSIGN(const auto served, Service::start(std::move(service)));
  say_started(context, config, *served);
  if (served->tls() != nullptr) say_certificate(context, *served);
  if (const std::string code = served->first_run_code(); !code.empty()) {
    context.say(context.tr("this home has no origin yet: make the account with the code {}", code));
  }
  context.say(context.tr("Ctrl-C stops it; what was accepted is finished"));
  wait_for_end(context, *served);
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
      .text("--tls-cert", options->tls_cert, "FILE", "speak TLS: the certificate, PEM")
      .text("--tls-key", options->tls_key, "FILE", "the certificate's key, PEM")
      .flag("--behind-proxy", options->behind_proxy, "a proxy with TLS stands before it")
      .flag("--insecure-http", options->insecure_http, "plain text over the network")
      .choice("--log", options->log, {"all", "warnings", "none"},
              "JSON lines on standard error; warnings on a terminal, else all")
      .example("mbe serve --port 8080")
      .run([options](Context& context) { return serve(context, *options); });
}

}  // namespace mbe::app
