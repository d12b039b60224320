#include "server/service.h"

#include <algorithm>

#include "base/datetime.h"
#include "engine/home.h"
#include "fs/file_system.h"
#include "server/rest.h"
#include "server/watched.h"

namespace mbe {

Service::Service() = default;

Service::~Service() {
  stop();
}

Result<std::unique_ptr<Service>> Service::start(ServiceOptions options) {
  std::unique_ptr<Service> out(new Service());
  out->korean_ = std::move(options.korean);
  out->log_ = std::make_unique<Log>(std::move(options.log), options.log_least);
  out->tls_files_ = std::move(options.tls);
  if (!out->tls_files_.empty()) MBE_TRY(out->take_tls());
  MBE_ASSIGN(out->engine_, Engine::open({.home = options.home, .background = true}));
  const std::string home = out->engine_->home().string();
  MBE_ASSIGN(out->lock_, posix_file_system().open(home + "/serve.lock", OpenMode::create));
  MBE_ASSIGN(const bool alone, out->lock_->try_lock(0));
  if (!alone) return fail(ErrorCode::busy, "{} is being served already; stop that first", home);
  MBE_ASSIGN(out->people_, People::open(home));
  MBE_ASSIGN(const std::vector<Account> accounts, out->people_->accounts());
  if (std::ranges::find(accounts, Role::origin, &Account::role) == accounts.end()) {
    out->first_run_ = std::make_unique<FirstRun>(*out->people_, out->engine_->home() / "manifest");
  }
  MBE_TRY(out->wake_echo(options));
  MBE_TRY(out->open_proxy(options));
  out->metrics_ = std::make_unique<Metrics>();
  MBE_ASSIGN(mcp::ToolBook tools, mcp::ToolBook::load());
  out->tools_ = std::make_unique<mcp::ToolBook>(std::move(tools));
  MBE_ASSIGN(mcp::SearchBook search_tools, mcp::SearchBook::load());
  out->search_tools_ = std::make_unique<mcp::SearchBook>(std::move(search_tools));
  out->rest_ = std::make_unique<Rest>(RestOptions{.engine = *out->engine_,
                                                  .people = *out->people_,
                                                  .hosts = std::move(options.host_names),
                                                  .english = out->english_,
                                                  .korean = out->korean_,
                                                  .version = std::move(options.version),
                                                  .behind_proxy = options.behind_proxy,
                                                  .first_run = out->first_run_.get(),
                                                  .echo = out->echo_.get(),
                                                  .tools = out->tools_.get(),
                                                  .search_tools = out->search_tools_.get(),
                                                  .proxy = out->proxy_.get(),
                                                  .utc_offset_minutes = options.utc_offset_minutes,
                                                  .log = out->log_.get(),
                                                  .metrics = out->metrics_.get()});
  options.http.unix_path = home + "/socket";
  options.http.tls = out->tls_;
  Rest& rest = *out->rest_;
  out->watched_ = std::make_unique<Watched>(
      [&rest](const HttpRequest& request) { return rest.answer(request); }, *out->metrics_,
      *out->log_);
  const Watched& watched = *out->watched_;
  MBE_ASSIGN(out->server_,
             HttpServer::start(std::move(options.http), [&watched](const HttpRequest& request) {
               return watched.answer(request);
             }));
  out->log_->write(LogLevel::info, "started", {{"port", out->server_->port()}});
  return out;
}

/// What is slow - models that load, the replay of years - goes on beside the door that opens.
Result<void> Service::wake_echo(const ServiceOptions& options) {
  const std::filesystem::path& home = engine_->home();
  MBE_ASSIGN(CircuitsConfig config, read_circuits(home));
  if (!config.models.empty()) {
    MBE_ASSIGN(circuits_, Circuits::start(std::move(config), home / "logs"));
  }
  core_ = std::make_unique<MemoryCore>(
      *engine_, *people_, MemoryCoreOptions{.utc_offset_minutes = options.utc_offset_minutes});
  MBE_ASSIGN(answerer_, Answerer::make(*engine_, *core_, circuits_.get()));
  const std::filesystem::path transcripts = home / "memory";
  if (engine_->transcripts().write) {
    MBE_TRY(posix_file_system().make_directories(transcripts.string()));
  }
  WakeOptions waking;
  waking.boot.folder = transcripts;
  waking.boot.utc_offset_minutes = options.utc_offset_minutes;
  waking.only_if_new = true;
  waking.prepare = [this] { return core_->repair_all(); };
  waking_ = std::make_unique<Waking>(
      *engine_, *people_, std::move(waking),
      [this](const std::optional<Identity>& identity) { answerer_->set_identity(identity); });
  echo_ =
      std::make_unique<EchoDoor>(EchoDoorOptions{.engine = *engine_,
                                                 .answerer = *answerer_,
                                                 .circuits = circuits_.get(),
                                                 .waking = waking_.get(),
                                                 .utc_offset_minutes = options.utc_offset_minutes});
  return {};
}

Result<void> Service::open_proxy(const ServiceOptions& options) {
  MBE_ASSIGN(const Home home, Home::open(posix_file_system(), engine_->home().string(), true));
  ProxyConfig config = home.config().proxy;
  MBE_TRY(read_keys(config));
  // Who waits for an upstream holds a thread: the others are everybody else's.
  config.requests_max =
      std::min(config.requests_max, std::max<std::size_t>(options.http.threads / 2, 1));
  proxy_ = std::make_unique<ProxyDoor>(
      ProxyDoorOptions{.engine = *engine_,
                       .config = std::move(config),
                       .utc_offset_minutes = options.utc_offset_minutes});
  return {};
}

Result<void> Service::take_tls() {
  MBE_ASSIGN(tls_, TlsIdentity::load(tls_files_));
  Json warnings = Json::array();
  for (const Message& one : tls_->warnings(system_clock().now_ms())) {
    warnings.push_back(one.message());
  }
  log_->write(warnings.empty() ? LogLevel::info : LogLevel::warn, "certificate",
              {{"until", format_time(tls_->valid_until())}, {"warnings", std::move(warnings)}});
  return {};
}

Result<void> Service::renew_tls() {
  if (tls_ == nullptr) return {};
  if (const auto taken = take_tls(); !taken.ok()) {
    log_->write(LogLevel::error, "certificate", {{"refused", taken.error().message()}});
    return taken.error();
  }
  server_->renew(tls_);
  return {};
}

std::string Service::first_run_code() const {
  return first_run_ == nullptr ? "" : first_run_->code();
}

void Service::stop() {
  if (echo_) echo_->stop();
  if (proxy_) proxy_->stop();
  if (server_ != nullptr) {
    server_.reset();
    log_->write(LogLevel::info, "stopped", Json::object());
  }
  watched_.reset();
  rest_.reset();
  proxy_.reset();
  echo_.reset();
  waking_.reset();
  answerer_.reset();
  core_.reset();
  circuits_.reset();
  first_run_.reset();
  people_.reset();
  engine_.reset();
  lock_.reset();
}

}  // namespace mbe
