// HTTP/1.1 over TCP and over a Unix socket: one event loop, which never blocks, and a few threads
// that answer. With a certificate the TCP side speaks TLS alone. Requests beyond what they can take
// are refused at once (503), none waits without limit; where all connections are in use, the one
// that has been silent longest makes room. Start: HttpServer::start. Any thread may call stop().
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/http.h"

namespace mbe {

class TlsIdentity;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;         ///< 0: any that is free
  std::string unix_path;          ///< empty: no Unix socket; mode 0600
  std::size_t threads = 32;       ///< that answer; most of them wait for the disk together
  std::size_t waiting_max = 512;  ///< requests being answered or waiting for it
  std::size_t connections_max = 4'096;
  std::size_t body_bytes_max = 2'500'000;  ///< a text of 1 MB with every character escaped is less
  std::size_t header_bytes_max = 16'384;
  std::size_t bodies_bytes_max = std::size_t{256} << 20;  ///< of all larger than 64 KiB, together
  std::chrono::seconds read_timeout{30};        ///< for one request to arrive, from its first byte
  std::chrono::seconds idle_timeout{75};        ///< between requests of a connection
  std::chrono::milliseconds heartbeat{15'000};  ///< of streams where nothing happens
  std::chrono::seconds drain_timeout{20};       ///< for what was accepted, when stopping
  std::shared_ptr<const TlsIdentity> tls = {};  ///< null: plain HTTP
};

class HttpServer {
 public:
  /// Binds and serves until stop(). Errors: io (the address or the path cannot be bound).
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options,
                                                                 HttpHandler handler);
  /// stop()s.
  ~HttpServer();

  /// Where it listens; the one that was free where 0 was asked for.
  [[nodiscard]] std::uint16_t port() const;
  /// Connections that come from now on are served with another certificate. Only where there was
  /// one at the start.
  void renew(std::shared_ptr<const TlsIdentity> tls);
  /// Takes nothing new, finishes what was accepted, closes. Returns when all is still.
  void stop();

 private:
  class Loop;
  explicit HttpServer(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}
  std::shared_ptr<Loop> loop_;
};

}  // namespace mbe
