// The tools as a client sees them: names and descriptions from data/mcp/tools.json, arguments from
// the operation table. Invariant: the list is the same for everybody, in the same order, and costs
// at most 1,500 tokens of a model's context. Immutable once loaded: any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "operations/operation.h"

namespace mbe::mcp {

/// The tool through which the operations without a tool of their own are called.
inline constexpr std::string_view any_operation = "memory_operation";

class ToolBook {
 public:
  /// Errors: io (cannot be read), corrupt (not the expected JSON, or an argument that its operation
  /// does not take).
  [[nodiscard]] static Result<ToolBook> load(const std::filesystem::path& file);
  /// Of the program's own data. Errors: unavailable (the file is missing), and those of above.
  [[nodiscard]] static Result<ToolBook> load();

  /// The `tools` of `tools/list`.
  [[nodiscard]] const Json& list() const { return list_; }
  [[nodiscard]] bool has(std::string_view name) const;
  /// What the model is told of the server as a whole.
  [[nodiscard]] const std::string& instructions() const { return instructions_; }
  /// What stands before recalled text.
  [[nodiscard]] const std::string& notice() const { return notice_; }

 private:
  Json list_ = Json::array();
  std::string instructions_, notice_;
};

}  // namespace mbe::mcp
