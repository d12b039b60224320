// One answer of Echo, from what was said to what is remembered of it: recall and prompt, the
// circuits' notes, the voice, the memory. Tells each step as it happens. With no model it answers
// from memory alone, in sentences made of the memories. Any thread may ask.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "base/message.h"
#include "circuits/circuits.h"
#include "creation/creation_command.h"
#include "echo/identity.h"
#include "echo/memory_core.h"
#include "echo/route.h"
#include "echo/voice.h"
#include "mbe/engine.h"

namespace mbe {

struct AskRequest {
  std::string question;
  std::string conversation = "default";
  std::string chain = "main";
  Speaker speaker;
  bool temporary = false;  ///< reads memory, leaves nothing in it
  /// A question of `conversation`, by its turn: this one takes its place in a conversation that
  /// branches off before it.
  std::optional<std::uint64_t> edits;
  std::optional<Route> route;  ///< nothing: by rule
  std::string writer, trust = "owner";
  int utc_offset_minutes = 0;
  const Catalog* messages = nullptr;  ///< the asker's language, for why a model failed
};

/// Told what happens: recall, circuit, delta, memory_written, usage, done; docs/guide/ask.md has
/// the forms. Several threads, one at a time.
using TellStep = std::function<void(std::string_view event, const Json& data)>;

class Answerer {
 public:
  /// engine, core and circuits must outlive it; circuits null: no models. Errors: those of
  /// Voice::load and CreationCommands::open.
  [[nodiscard]] static Result<std::unique_ptr<Answerer>> make(Engine& engine, MemoryCore& core,
                                                              Circuits* circuits,
                                                              const Clock& clock = system_clock());

  /// Returns what `done` tells: {"answer", "made_of", "missing", "stopped", …}.
  /// Errors: invalid_argument and limit (the question), not_found and invalid_argument (the turn it
  /// edits), io, busy. A model's failure is none.
  Result<Json> answer(const AskRequest& request, const TellStep& tell, const std::stop_token& stop);

  /// What the identity has become: after waking, after evolve.
  void set_identity(std::optional<Identity> identity);
  /// Nothing before there is one.
  [[nodiscard]] std::optional<Identity> identity() const;
  /// When each of the loops ran last: answer, save, recall, tone, creation, evolution.
  [[nodiscard]] std::map<std::string, TimeMs> last_run() const;

 private:
  class One;
  struct Felt {
    TimeMs until_ms = 0;
    Mood mood;
  };

  Answerer(Engine& engine, MemoryCore& core, Circuits* circuits, Voice korean, Voice english,
           CreationCommands commands, const Clock& clock)
      : engine_(engine),
        core_(core),
        circuits_(circuits),
        korean_(std::move(korean)),
        english_(std::move(english)),
        commands_(std::move(commands)),
        clock_(clock) {}
  void note_run(const std::string& loop);
  [[nodiscard]] Result<Mood> mood_of(const std::string& chain, Memory& memory, TimeMs now);

  Engine& engine_;
  MemoryCore& core_;
  Circuits* circuits_;
  Voice korean_, english_;
  CreationCommands commands_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<Identity> identity_;    ///< guarded by mutex_
  std::map<std::string, Felt> felt_;    ///< by chain; guarded by mutex_
  std::map<std::string, TimeMs> runs_;  ///< guarded by mutex_
};

}  // namespace mbe
