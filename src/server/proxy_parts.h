// One proxied request on its way: what the two halves of ProxyDoor - before and behind the upstream
// - hand each other. For proxy_door.cpp and proxy_forward.cpp alone.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/event_stream.h"
#include "server/proxy_door.h"

namespace mbe {

/// Of an upstream's body that is not streamed: embeddings of a large batch.
inline constexpr std::size_t proxied_body_bytes_max = 64'000'000;

/// A path whose requests are forwarded; of a conversation, which wire it speaks.
struct ProxyRoute {
  std::string_view path;
  ErrorStyle style = ErrorStyle::openai;
  std::optional<Wire> wire = {};
  std::string_view method = "POST";
};

/// One request on its way.
struct ProxyDoor::Exchange {
  /// Refusals are told by that catalog, which must outlive it.
  explicit Exchange(const Catalog& catalog) : messages(catalog) {}

  const Catalog& messages;
  ProxyRoute route;
  HttpCall call;
  WireRequest request;
  std::string mode = "off";
  std::optional<Heard> heard;  ///< nothing: memory has no part in it
  Recalled recalled;
  std::optional<Error> memory_error;
  std::string receipt;
};

/// A stream between the thread that reads it and the one that answers its client.
struct ProxyDoor::Flow {
  std::mutex mutex;
  std::condition_variable changed;
  bool decided = false;  ///< this and what follows: guarded by mutex
  HttpResponse response;

  /// The first answer counts; whoever waits for it goes on.
  void decide(HttpResponse with) {
    {
      const std::lock_guard lock(mutex);
      if (decided) return;
      decided = true;
      response = std::move(with);
    }
    changed.notify_all();
  }
};

/// An error as a receipt tells it.
[[nodiscard]] inline Json proxy_error_json(const Catalog& messages, const Error& error) {
  return {{"code", error_name(error.code())}, {"detail", messages.text(error)}};
}

}  // namespace mbe
