// A supervised local model server: llama.cpp's `llama-server` as a child process for one GGUF file,
// reachable through a Unix socket in a folder of mode 0700 alone. A child that ends is started
// again, later and later; it dies with us. Any thread may ask. Start: ModelServer::start.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.h"
#include "llm/chat_model.h"

namespace mbe {

struct ModelServerOptions {
  std::filesystem::path program;  ///< llama-server
  std::filesystem::path model;    ///< a GGUF file
  std::filesystem::path log;      ///< what the child prints since it was last started
  std::size_t context_tokens = 4'096;
  std::size_t parallel = 1;    ///< answers at once; they share the context
  int threads = 0;             ///< 0: the server's choice
  int gpu_layers = -1;         ///< -1: as many as fit
  std::string kv = "f16";      ///< f16, q8_0 or q4_0
  std::size_t memory_mib = 0;  ///< the child's own memory beside the mapped weights; 0: no limit
  std::chrono::milliseconds backoff_min{1'000}, backoff_max{60'000};  ///< between restarts
  std::chrono::seconds load_timeout{600};
};

enum class ModelState : std::uint8_t { loading, ready, failed };

/// loading, ready, failed.
[[nodiscard]] std::string_view model_state_name(ModelState state);

struct ModelStatus {
  ModelState state = ModelState::loading;
  unsigned restarts = 0;
  std::string error;  ///< why it ended last; empty: never
  pid_t pid = 0;      ///< 0 while none runs
};

class ModelServer {
 public:
  /// Returns at once; the model loads beside. Errors: not_found (program or model file),
  /// invalid_argument (kv), io (no folder for the socket).
  [[nodiscard]] static Result<std::unique_ptr<ModelServer>> start(ModelServerOptions options);
  /// Ends the child.
  ~ModelServer();

  /// Where it stands now.
  [[nodiscard]] ModelStatus status() const;
  /// Waits until it is ready, or failed, or `stop`. True if ready.
  bool wait_ready(std::chrono::milliseconds longest, const std::stop_token& stop = {}) const;
  /// Answers through this server; unavailable while it is not ready.
  [[nodiscard]] ChatModel& model() { return *model_; }

 private:
  class Guarded;
  explicit ModelServer(ModelServerOptions options);
  void supervise(const std::stop_token& stop);
  /// Runs the child until it ends; tells why.
  [[nodiscard]] std::string run_child(const std::stop_token& stop);
  [[nodiscard]] bool is_healthy(const std::stop_token& stop) const;
  void change(ModelState state, pid_t pid, const std::string& error = {});
  void pause(std::chrono::milliseconds time, const std::stop_token& stop);

  ModelServerOptions options_;
  std::filesystem::path folder_, socket_;
  std::unique_ptr<ChatModel> model_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  ModelStatus status_;  ///< guarded by mutex_
  std::jthread thread_;
};

}  // namespace mbe
