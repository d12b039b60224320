// A server for tests that answers each connection with the next of the given byte strings, whatever
// is asked, and keeps the requests. One thread behind it.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/assert.h"

namespace mbe {

class StubServer {
 public:
  /// What happens once an answer is sent.
  enum class AtTheEnd : std::uint8_t { close, wait };

  explicit StubServer(std::vector<std::string> answers, AtTheEnd at_the_end = AtTheEnd::close)
      : answers_(std::move(answers)), at_the_end_(at_the_end) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MBE_ASSERT(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    socklen_t size = sizeof at;
    MBE_ASSERT(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    MBE_ASSERT(::listen(listener_, 8) == 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~StubServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  /// Without a slash at its end.
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Head and body of each, as they came.
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (const std::string& answer : answers_) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      std::string request = read_request(connection);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
      }
      if (!answer.empty()) ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
      if (at_the_end_ == AtTheEnd::wait) {
        char rest = 0;
        while (::recv(connection, &rest, 1, 0) > 0) continue;  // until the other side goes
      }
      ::close(connection);
    }
  }

  static std::string read_request(int connection) {
    std::string out;
    std::size_t wanted = std::string::npos;
    char buffer[4'096];
    while (out.size() < wanted) {
      const ssize_t got = ::recv(connection, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      out.append(buffer, static_cast<std::size_t>(got));
      const std::size_t head = out.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const std::size_t length = out.find("Content-Length: ");
      wanted = head + 4 + (length < head ? std::stoul(out.substr(length + 16)) : 0);
    }
    return out;
  }

  std::vector<std::string> answers_;
  AtTheEnd at_the_end_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

}  // namespace mbe
