// The circuits at work: the models behind them, their short notes asked for in parallel, and the
// voice that answers. A circuit that fails or is late is named and left out; it never holds up the
// others. Any thread may ask; at most one answer of a model for each of its slots at once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "circuits/config.h"
#include "circuits/fit.h"
#include "llm/model_server.h"
#include "planner/memory.h"

namespace mbe {

enum class CircuitState : std::uint8_t { started, done, failed, skipped };

/// started, done, failed, skipped.
[[nodiscard]] std::string_view circuit_state_name(CircuitState state);

/// What a circuit does in one answer.
struct CircuitEvent {
  Circuit circuit;
  CircuitState state;
  std::string model;
  std::string note;            ///< done: a JSON object
  std::int64_t ms = 0;         ///< since it was asked
  std::optional<Error> error;  ///< failed
};

/// Where a circuit stands between answers.
struct CircuitStatus {
  Circuit circuit;
  std::string model;  ///< empty: it has none
  ModelState state = ModelState::failed;
  unsigned restarts = 0;
  std::string error;                  ///< why it ended last
  pid_t pid = 0;                      ///< of its server here; 0: none
  std::optional<Error> refused = {};  ///< why it was not loaded at all
};

/// What a circuit is asked: its role, and what its note looks like.
struct NoteRequest {
  Circuit circuit;
  ChatRequest request;
};

class Circuits {
 public:
  /// Starts the model servers; they load beside. A model for which there is no room is not started
  /// (fit.h), and its circuit fails by that. logs: a folder for what they print. available: bytes
  /// of memory. Errors: those of fit_models and ModelServer::start, io (no folder for logs).
  [[nodiscard]] static Result<std::unique_ptr<Circuits>> start(
      CircuitsConfig config, const std::filesystem::path& logs,
      std::optional<std::uint64_t> available = planner::available_memory());

  /// As it was given.
  [[nodiscard]] const CircuitsConfig& config() const { return config_; }
  /// What was reckoned before the models were started.
  [[nodiscard]] const Fit& fit() const { return fit_; }
  /// Of every circuit, those without a model too.
  [[nodiscard]] std::vector<CircuitStatus> status() const;
  /// Whether some model could answer now.
  [[nodiscard]] bool any_ready() const;
  /// Waits until no model is loading any more, at most so long. True if one is ready.
  bool wait_ready(std::chrono::milliseconds longest, const std::stop_token& stop = {}) const;

  /// Asks in parallel; returns the last event of each, in order. `tell` is called from several
  /// threads, one at a time. Waits no longer than the circuits' deadlines.
  std::vector<CircuitEvent> notes(const std::vector<NoteRequest>& requests,
                                  const std::function<void(const CircuitEvent&)>& tell,
                                  const std::stop_token& stop);
  /// The answer itself: by the model chosen for it, else, where that is not there or ends without
  /// a word, by another that is. `by`: whose. Errors: unavailable (no model is there, or none said
  /// a word), those of ChatModel::answer.
  Result<ChatReply> answer(const ChatRequest& request, const std::stop_token& stop,
                           const OnText& on_text, std::string& by);

 private:
  struct Model {
    std::unique_ptr<ModelServer> server;  ///< null: behind a URL, or refused
    std::unique_ptr<ChatModel> remote;
    std::optional<Error> refused = {};
    [[nodiscard]] ChatModel& chat() const { return server ? server->model() : *remote; }
    [[nodiscard]] ModelStatus status() const;
  };
  explicit Circuits(CircuitsConfig config) : config_(std::move(config)) {}
  [[nodiscard]] CircuitEvent note(const NoteRequest& request, const std::stop_token& stop);

  CircuitsConfig config_;
  Fit fit_;
  std::map<std::string, Model> models_;
};

}  // namespace mbe
