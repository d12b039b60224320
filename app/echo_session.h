// Talking with Echo from the terminal: through the server that serves the home, if one does, else
// in this process, with models of its own. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "echo/answer.h"
#include "ui/context.h"

namespace mbe::app {

struct Question {
  std::string text, conversation = "default", route;
  bool temporary = false;
  std::optional<std::uint64_t> edits;  ///< the turn whose place it takes, in a branch
};

class EchoSession {
 public:
  /// Loads the models where no server has done so, telling the person. Errors: those of
  /// Engine::open, read_circuits and Circuits::start.
  [[nodiscard]] static Result<std::unique_ptr<EchoSession>> open(Context& context);
  virtual ~EchoSession() = default;

  /// As Answerer::answer; Ctrl-C stops it.
  [[nodiscard]] virtual Result<Json> ask(const Question& question, const TellStep& tell) = 0;
  /// An operation of the table on the same memory.
  [[nodiscard]] virtual Result<Json> run(const std::string& operation, const Json& arguments) = 0;
};

}  // namespace mbe::app
