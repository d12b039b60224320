// The one way from a caller to an operation: access is decided, the memory opened, provenance
// stamped, what erased is recorded. REST, MCP and the terminal's own MCP server run through it.
// Any thread.
#pragma once

#include <string>

#include "operations/operation.h"
#include "people/access.h"
#include "server/audit.h"

namespace mbe {

/// Where an operation comes from.
struct CallerDoor {
  std::string channel = "rest";  ///< sealed into what is written
  std::string name = "key";      ///< for the record: socket, key, login
  /// A model chose the words: what it writes is marked as a tool's, whoever it works for.
  bool is_tool = false;
};

class Dispatch {
 public:
  /// Both must outlive it.
  Dispatch(Engine& engine, Audit& audit) : engine_(engine), audit_(audit) {}

  /// Errors: denied (access.h), those of Engine::chain and of the operation.
  [[nodiscard]] Result<Json> run(const Operation& operation, const Principal& who,
                                 const std::string& chain, const CallerDoor& door,
                                 const Json& arguments, const Catalog& messages);

 private:
  Engine& engine_;
  Audit& audit_;
};

/// Whether `who` may run the operation on that memory. Errors: denied.
[[nodiscard]] Result<void> check_operation(const Operation& operation, const Principal& who,
                                           const std::string& chain);

}  // namespace mbe
