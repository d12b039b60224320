// What the libraries for other languages (bindings/) stand on: a home, and every operation of the
// table on it by name, JSON in and out. If a server has the home open it is asked through the
// home's Unix socket, for it has the model warm; else the home is opened here, and stays open. Any
// thread may call any member; close() waits for nobody: what is running ends on its own. After
// fork() the child must open its own door; there, the parent's refuses everything.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/message.h"
#include "operations/operation.h"

namespace mbe {

struct DoorOptions {
  std::string home;            ///< empty: the default
  std::string chain = "main";  ///< what calls act on unless they name another
  std::string language;        ///< of messages: ko, en; empty: by the locale
  bool read_only = false;
  bool background = false;    ///< see EngineOptions
  bool use_server = true;     ///< ask the server that has the home open, if there is one
  std::string channel = "c";  ///< sealed into what is written here
};

/// The options as JSON; all but `channel`.
[[nodiscard]] Fields<DoorOptions> door_fields();

/// The table as JSON: name, group, summary, effect, errors, on_chain, arguments, result of each.
[[nodiscard]] Json operations_json();

/// What to do about an error of that kind; the error's own message says it in particular.
[[nodiscard]] Message next_step(ErrorCode code);

class Door {
 public:
  /// Errors: those of Engine::open, and invalid_argument (a language but ko and en).
  [[nodiscard]] static Result<std::shared_ptr<Door>> open(const DoorOptions& options);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  /// The operation's result. `chain`: empty for the door's own. `progress` is told of long work
  /// that is done here. Errors: not_found (no such operation or chain), invalid_argument (closed,
  /// or opened by another process), and the operation's own.
  [[nodiscard]] Result<Json> call(const std::string& operation, const Json& arguments,
                                  const std::string& chain = {}, const Progress& progress = {});
  /// Names of the chains, sorted. Errors: those of Engine::chains.
  [[nodiscard]] Result<std::vector<std::string>> chains();
  /// Embedding models at hand, the active one first: {"name", "path", "source", "licence", "dim",
  /// "bytes", "active", "problem"} of each. Errors: those of Engine::models.
  [[nodiscard]] Result<Json> models();
  /// Takes a GGUF embedding model into use for this home. Errors: those of Engine::add_model.
  [[nodiscard]] Result<Json> add_model(const std::string& gguf, const AddModelRequest& request);

  /// Whether a server answers for this home at present.
  [[nodiscard]] bool served() const;
  [[nodiscard]] const std::string& home() const { return options_.home; }
  /// In the caller's language.
  [[nodiscard]] std::string text(const Message& message) const { return messages_.text(message); }

  /// Lets go of the home; writes what is derived. Nothing more can be called.
  void close();

 private:
  Door(DoorOptions options, Catalog messages);

  /// The open home, which close() does not take away from whoever holds it.
  Result<std::shared_ptr<Engine>> engine();
  /// Enough to read what a home says of itself: beside a server, without taking it in hand.
  Result<std::shared_ptr<Engine>> reader();
  Result<void> check_process() const;
  [[nodiscard]] bool is_open_here() const;
  Result<Json> run(const Operation& operation, const Json& arguments, const std::string& chain,
                   const Progress& progress);

  DoorOptions options_;
  Catalog messages_;
  pid_t process_;
  mutable std::mutex mutex_;
  std::shared_ptr<Engine> engine_;  ///< null until needed; guarded by mutex_
  bool closed_ = false;             ///< guarded by mutex_
};

}  // namespace mbe
