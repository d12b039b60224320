// Echo over HTTP: asking and stopping, its waking as it happens, its state, and the conversations.
// Forms: docs/guide/ask.md. Who calls has been found out before (rest.cpp). Any thread may call.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "echo/answer.h"
#include "people/access.h"
#include "server/conversation_door.h"
#include "server/event_stream.h"
#include "server/http.h"
#include "server/jobs.h"
#include "server/waking.h"

namespace mbe {

struct EchoDoorOptions {
  Engine& engine;
  Answerer& answerer;
  Circuits* circuits = nullptr;  ///< null: no models
  Waking* waking = nullptr;      ///< null: nothing to wake from
  std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
};

/// The JSON Schema of what POST /api/ask takes.
[[nodiscard]] Json ask_arguments();
/// Of POST /api/stop.
[[nodiscard]] Json stop_arguments();

class EchoDoor {
 public:
  explicit EchoDoor(EchoDoorOptions options);
  /// Ends the answers that are being made.
  ~EchoDoor();

  /// POST /api/ask, /api/stop, /api/evolve; GET /api/boot, /api/boot/events, /api/status; those
  /// of ConversationDoor. Nothing for another path.
  [[nodiscard]] std::optional<HttpResponse> answer(const HttpRequest& request, const Principal& who,
                                                   const Catalog& messages);
  /// Where the waking stands: {"state": running, ready or failed, "stages", "identity", "seconds"}.
  [[nodiscard]] Json boot_status(const Catalog& messages) const;
  /// Asks the answers that are being made to end soon; new ones are refused.
  void stop();

 private:
  struct Listener {
    std::shared_ptr<EventStream> events;
    const Catalog& messages;
    std::string last;
  };

  [[nodiscard]] HttpResponse ask(const HttpRequest& request, const Principal& who,
                                 const Catalog& messages);
  [[nodiscard]] HttpResponse ask_streaming(AskRequest ask, const std::string& id,
                                           const Catalog& messages);
  [[nodiscard]] HttpResponse ask_whole(const AskRequest& ask, const std::string& id,
                                       const Catalog& messages);
  [[nodiscard]] std::optional<HttpResponse> not_yet(const Catalog& messages) const;
  [[nodiscard]] HttpResponse stop_answer(const HttpRequest& request, const Principal& who,
                                         const Catalog& messages);
  [[nodiscard]] HttpResponse evolve(const Principal& who, const Catalog& messages);
  [[nodiscard]] HttpResponse boot_events(const Catalog& messages);
  [[nodiscard]] HttpResponse status(const Catalog& messages);
  [[nodiscard]] Json vectors_json(const Stats& stats);
  void tell_listeners(const std::stop_token& stop);

  struct VectorsSeen {
    std::chrono::steady_clock::time_point at;
    std::uint64_t made = 0;
    double per_s = 0;
  };

  EchoDoorOptions options_;
  ConversationDoor conversations_;
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<std::string, std::stop_source>> answers_;  ///< id: whose, how
  bool stopping_ = false;                                                    ///< guarded by mutex_
  std::list<Listener> listeners_;  ///< of the waking; this and answers_: guarded by mutex_
  VectorsSeen vectors_seen_;       ///< guarded by mutex_
  std::condition_variable_any changed_;
  Jobs jobs_;
  std::jthread teller_;  ///< last: it uses all of the above
};

}  // namespace mbe
