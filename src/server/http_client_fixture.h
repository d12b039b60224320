// Connections for tests of http_server: a client that says and hears bytes, and a server.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "server/http_server.h"

namespace mbe {

/// A connection that says and hears bytes.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  explicit TestClient(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() { ::close(socket_); }

  [[nodiscard]] bool connected() const { return connected_; }
  /// All of it, or what the other side still takes.
  void say(const std::string& bytes) const {
    static_cast<void>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  /// One answer: its head, and a body of the length that the head tells.
  std::string hear() {
    for (;;) {
      const std::size_t end = heard_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t at = heard_.find("Content-Length: ");
        const std::size_t body = at < end ? std::stoul(heard_.substr(at + 16)) : 0;
        if (heard_.size() >= end + 4 + body) {
          const std::string out = heard_.substr(0, end + 4 + body);
          heard_.erase(0, out.size());
          return out;
        }
      }
      char bytes[4'096];
      const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
      if (size <= 0) return std::exchange(heard_, {});
      heard_.append(bytes, static_cast<std::size_t>(size));
    }
  }
  /// All up to and with `end`.
  std::string hear_until(const std::string& end) {
    char byte = 0;
    while (heard_.find(end) == std::string::npos && ::recv(socket_, &byte, 1, 0) == 1) {
      heard_ += byte;
    }
    const std::size_t at = heard_.find(end);
    const std::string out = heard_.substr(0, at == std::string::npos ? at : at + end.size());
    heard_.erase(0, out.size());
    return out;
  }
  /// Waits for the next byte: whether there is none and the other side has closed.
  [[nodiscard]] bool is_closed() const {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) == 0;
  }

 private:
  int socket_;
  bool connected_ = false;
  std::string heard_;
};

/// Answers with what it was asked.
inline HttpResponse echo(const HttpRequest& request) {
  std::string out = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) out += " " + name + "=" + value;
  return {200, out + " " + request.body + (request.is_local ? " local" : ""), "text/plain"};
}

/// A server on any free port of this machine.
inline std::unique_ptr<HttpServer> start(const HttpServerOptions& options = {},
                                         const HttpHandler& handler = echo) {
  auto server = HttpServer::start(options, handler);
  EXPECT_TRUE(server.ok()) << server.error().message();
  return std::move(*server);
}

/// A request as it goes over the wire.
inline std::string post(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace mbe
