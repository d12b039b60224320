#include <chrono>
#include <thread>

#include "base/resources.h"
#include "commands.h"
#include "server/service.h"
#include "ui/interrupt.h"
#include "version.h"

namespace mbe::app {
namespace {

constexpr std::uint64_t default_port = 7'700;
constexpr auto signal_poll = std::chrono::milliseconds(100);

struct Options {
  std::string address = "127.0.0.1";
  std::uint64_t port = default_port;
  std::vector<std::string> host_names;
  bool insecure_http = false;
  bool behind_proxy = false;
};

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

Result<Catalog> korean_messages() {
  MBE_ASSIGN(const auto file, find_resource("messages/ko.tsv"));
  return Catalog::load(file);
}

Result<int> serve(Context& context, const Options& options) {
  if (!is_loopback(options.address) && !options.insecure_http && !options.behind_proxy) {
    return fail(ErrorCode::denied,
                "{} can be reached from other machines: put a TLS proxy before it and give "
                "--behind-proxy, or accept plain text with --insecure-http",
                options.address);
  }
  MBE_ASSIGN(const std::filesystem::path home, context.home());
  ServiceOptions service;
  service.home = home.string();
  service.http.address = options.address;
  service.http.port = static_cast<std::uint16_t>(options.port);
  service.host_names = {options.host_names.begin(), options.host_names.end()};
  service.version = version;
  service.behind_proxy = options.behind_proxy;
  service.utc_offset_minutes = [zone = context.zone()](TimeMs time) {
    return zone.offset_minutes(time);
  };
  MBE_ASSIGN(service.korean, korean_messages());
  const InterruptGuard guard;
  MBE_ASSIGN(const auto served, Service::start(std::move(service)));
  if (context.json()) {
    context.print_json({{"address", options.address}, {"port", served->port()}});
  } else {
    context.print(
        paint(context, Colour::bold, fmt::format("http://{}:{}", options.address, served->port())));
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
      .example("mbe serve --port 7700")
      .run([options](Context& context) { return serve(context, *options); });
}

}  // namespace mbe::app
