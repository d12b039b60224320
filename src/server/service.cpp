#include "server/service.h"

#include <algorithm>

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
  MBE_ASSIGN(out->engine_, Engine::open({.home = options.home, .background = true}));
  const std::string home = out->engine_->home().string();
  MBE_ASSIGN(out->lock_, posix_file_system().open(home + "/serve.lock", OpenMode::create));
  MBE_ASSIGN(const bool alone, out->lock_->try_lock(0));
  if (!alone) return fail(ErrorCode::busy, "{} is being served already; stop that first", home);
  MBE_ASSIGN(out->people_, People::open(home));
  MBE_ASSIGN(const std::vector<Account> accounts, out->people_->accounts());
  if (std::ranges::find(accounts, Role::origin, &Account::role) == accounts.end()) {
    out->first_run_ = std::make_unique<FirstRun>(*out->people_);
  }
  // The door opens first: what is slow, the replay of years, comes after, beside it.
  const std::filesystem::path transcripts = std::filesystem::path(home) / "memory";
  if (std::filesystem::is_directory(transcripts)) {
    WakeOptions waking;
    waking.boot.folder = transcripts;
    waking.boot.utc_offset_minutes = std::move(options.utc_offset_minutes);
    waking.only_if_new = true;
    out->waking_ = std::make_unique<Waking>(*out->engine_, *out->people_, std::move(waking));
  }
  out->log_ = std::make_unique<Log>(std::move(options.log), options.log_least);
  out->metrics_ = std::make_unique<Metrics>();
  out->rest_ = std::make_unique<Rest>(RestOptions{.engine = *out->engine_,
                                                  .people = *out->people_,
                                                  .hosts = std::move(options.host_names),
                                                  .english = out->english_,
                                                  .korean = out->korean_,
                                                  .version = std::move(options.version),
                                                  .behind_proxy = options.behind_proxy,
                                                  .first_run = out->first_run_.get(),
                                                  .waking = out->waking_.get(),
                                                  .log = out->log_.get(),
                                                  .metrics = out->metrics_.get()});
  options.http.unix_path = home + "/socket";
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

std::string Service::first_run_code() const {
  return first_run_ == nullptr ? "" : first_run_->code();
}

void Service::stop() {
  if (server_ != nullptr) {
    server_.reset();
    log_->write(LogLevel::info, "stopped", Json::object());
  }
  watched_.reset();
  rest_.reset();
  waking_.reset();
  first_run_.reset();
  people_.reset();
  engine_.reset();
  lock_.reset();
}

}  // namespace mbe
