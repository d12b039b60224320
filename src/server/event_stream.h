// One client's stream of server-sent events. Producers send from any thread and never wait: what
// the client has not taken yet is kept, up to bytes_max; a client slower than that is let go.
// The server's loop takes and sends (http_server.cpp).
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace mbe {

class EventStream {
 public:
  /// endless: nobody waits for its end when the server stops.
  explicit EventStream(bool endless = false) : endless_(endless) {}

  /// data: one line of JSON.
  void send(std::string_view event, std::string_view data);
  /// Whole events as they came from elsewhere.
  void send_bytes(std::string_view events);
  /// Nothing follows; what was sent is delivered.
  void end();
  /// The client has left, or was let go.
  [[nodiscard]] bool is_gone() const;
  /// Called once when that happens, at once if it has; from any thread.
  void on_gone(std::function<void()> call);
  /// end() was called.
  [[nodiscard]] bool is_ended() const;
  [[nodiscard]] bool is_endless() const { return endless_; }

  // -- the loop's side ----------------------------------------------------------------------
  struct Taken {
    std::string bytes;
    bool ended = false;  ///< nothing follows these bytes
  };
  /// What has not been sent yet.
  [[nodiscard]] Taken take();
  /// `call` runs after each change, from any thread; an empty one ends that.
  void on_change(std::function<void()> call);
  void leave();

  static constexpr std::size_t bytes_max = 4'000'000;

 private:
  void changed(std::unique_lock<std::mutex> lock);

  const bool endless_;
  mutable std::mutex mutex_;
  std::string bytes_;
  bool ended_ = false, gone_ = false;
  std::function<void()> on_change_, on_gone_;
};

}  // namespace mbe
