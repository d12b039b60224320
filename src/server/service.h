// A home, served: the engine, the people and the doors to them, from start to stop. One service a
// home at a time; other processes may still open the home beside it.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/message.h"
#include "server/http_server.h"
#include "server/log.h"
#include "server/tls.h"

namespace mbe {

class Engine;
class People;
class Rest;
class FirstRun;
class Waking;
class Circuits;
class Answerer;
class MemoryCore;
class EchoDoor;
class ProxyDoor;
class Metrics;
class Watched;
class File;
namespace mcp {
class SearchBook;
class ToolBook;
}  // namespace mcp

struct ServiceOptions {
  std::string home;
  HttpServerOptions http;            ///< unix_path is set by the service: HOME/socket
  std::set<std::string> host_names;  ///< under which it may be addressed, beside localhost
  Catalog korean;
  std::string version;
  bool behind_proxy = false;  ///< a proxy with TLS stands before it
  TlsFiles tls = {};          ///< empty: plain HTTP
  Log::Sink log = {};         ///< takes the lines of the log
  LogLevel log_least = LogLevel::info;
  /// Minutes east of UTC at a moment, where the transcripts were written.
  std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
};

class Service {
 public:
  /// Opens the home and serves it; Echo, if the home has transcripts, wakes in the background.
  /// Errors: busy (it is served already), those of TlsIdentity::load, Engine::open, People::open,
  /// read_circuits, read_keys, Circuits::start and HttpServer::start.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(ServiceOptions options);
  /// stop()s.
  ~Service();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// The code with which the origin's account is made; empty where there is one.
  [[nodiscard]] std::string first_run_code() const;
  /// Null: plain HTTP.
  [[nodiscard]] std::shared_ptr<const TlsIdentity> tls() const { return tls_; }
  /// Reads certificate and key again, for the connections that come from now on. Errors: those of
  /// TlsIdentity::load; the former pair stays in use.
  [[nodiscard]] Result<void> renew_tls();
  /// Finishes what was accepted, then writes the derived files.
  void stop();

 private:
  Service();
  [[nodiscard]] Result<void> wake_echo(const ServiceOptions& options);
  [[nodiscard]] Result<void> open_proxy(const ServiceOptions& options);

  [[nodiscard]] Result<void> take_tls();

  Catalog english_, korean_;
  TlsFiles tls_files_;
  std::shared_ptr<const TlsIdentity> tls_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<People> people_;
  std::unique_ptr<FirstRun> first_run_;
  std::unique_ptr<Circuits> circuits_;
  std::unique_ptr<MemoryCore> core_;
  std::unique_ptr<Answerer> answerer_;
  std::unique_ptr<Waking> waking_;
  std::unique_ptr<EchoDoor> echo_;
  std::unique_ptr<ProxyDoor> proxy_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<mcp::ToolBook> tools_;
  std::unique_ptr<mcp::SearchBook> search_tools_;
  std::unique_ptr<Rest> rest_;
  std::unique_ptr<Watched> watched_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace mbe
