// A server for tests that answers each connection with the bytes it is told to, and keeps the
// requests. One thread behind it: one connection at a time.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/assert.h"
#include "base/json.h"

namespace mbe {

class StubServer {
 public:
  /// What happens once an answer is sent.
  enum class AtTheEnd : std::uint8_t { close, wait };

  /// Each connection gets the next of `answers`, after the last nothing.
  explicit StubServer(std::vector<std::string> answers, AtTheEnd at_the_end = AtTheEnd::close)
      : StubServer(
            [answers = std::move(answers), next = std::size_t{0}](const std::string&) mutable {
              return next < answers.size() ? answers[next++] : std::string();
            },
            at_the_end) {}
  /// Each connection gets what `answer` makes of its request.
  explicit StubServer(std::function<std::string(const std::string&)> answer,
                      AtTheEnd at_the_end = AtTheEnd::close)
      : answer_(std::move(answer)), at_the_end_(at_the_end) {
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
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      std::string request = read_request(connection);
      const std::string answer = answer_(request);
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

  std::function<std::string(const std::string&)> answer_;
  AtTheEnd at_the_end_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

/// A streamed chat completion that says `text`, in two pieces.
inline std::string chat_answer(const std::string& text) {
  const auto chunk = [](const std::string& piece) {
    return "data: " + nlohmann::json{{"choices", {{{"delta", {{"content", piece}}}}}}}.dump() +
           "\n\n";
  };
  std::size_t half = text.size() / 2;
  while (half > 0 && (static_cast<unsigned char>(text[half]) & 0xC0U) == 0x80U) --half;
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" +
         chunk(text.substr(0, half)) + chunk(text.substr(half)) +
         R"(data: {"choices":[{"delta":{},"finish_reason":"stop"}]})"
         "\n\n"
         R"(data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}})"
         "\n\ndata: [DONE]\n\n";
}

}  // namespace mbe
