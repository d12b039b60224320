// The memory as tools: seven names for the whole operation table. Runs nothing itself: whoever
// serves it says how an operation is run, and decides access there. What goes wrong in a call is
// told to the model in the person's language; what is wrong with the request itself is a fault.
// Any thread.
#pragma once

#include <chrono>
#include <functional>

#include "base/message.h"
#include "mcp/features.h"
#include "mcp/tool_book.h"

namespace mbe::mcp {

struct MemoryToolsOptions {
  const ToolBook& book;
  const Catalog& messages;  ///< the person's language
  /// Runs an operation of the table for whoever calls.
  std::function<Result<Json>(const Operation&, const Json& arguments)> run;
  /// Minutes east of UTC where the person is; given to operations that ask and were not told.
  std::function<int()> utc_offset_minutes = [] { return 0; };
  /// How often a client that wants it hears that long work goes on.
  std::chrono::milliseconds tell_every{2'000};
};

class MemoryTools final : public Features {
 public:
  explicit MemoryTools(MemoryToolsOptions options) : options_(std::move(options)) {}

  [[nodiscard]] Json capabilities(bool is_modern) const override;
  [[nodiscard]] std::string instructions() const override;
  [[nodiscard]] std::optional<Outcome> answer(const Asked& asked, Exchange& exchange) override;
  /// True for calls of memory_operation by a client that asked to hear of progress.
  [[nodiscard]] bool is_streamed(const Asked& asked) const override;
  void hear(const Message& response) override;

 private:
  [[nodiscard]] Outcome call(const Asked& asked, Exchange& exchange) const;
  [[nodiscard]] Result<Json> run_tool(const std::string& name, Json arguments) const;
  [[nodiscard]] Result<Json> run(const Operation& operation, Json arguments) const;
  [[nodiscard]] Result<Json> any(Json arguments) const;
  [[nodiscard]] Result<Json> forget(Json arguments) const;

  MemoryToolsOptions options_;
};

}  // namespace mbe::mcp
