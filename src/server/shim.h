// What the doors in other products' shapes share: a memory behind them, opened for one caller.
// Access is decided here as everywhere, by access.h; who wrote what is stamped from the credential;
// what is erased is recorded. Lives for one request, on its thread.
#pragma once

#include <string>
#include <vector>

#include "mbe/engine.h"
#include "people/people.h"
#include "server/audit.h"
#include "server/auth.h"
#include "server/dispatch.h"
#include "server/http.h"

namespace mbe {

/// Who calls a door, and what may be named there.
struct ShimCaller {
  const Principal& who;
  std::string chain;
  CallerDoor door;  ///< its channel is sealed into what is written
};

/// The memory meant where none is named: the only one that the key is for, or that was granted to a
/// program; else the caller's own.
[[nodiscard]] std::string usual_chain(const Principal& who);

class ShimMemory {
 public:
  /// Errors: denied (access.h), those of Engine::chain.
  [[nodiscard]] static Result<ShimMemory> open(Engine& engine, Audit& audit,
                                               const ShimCaller& caller, Right right);

  [[nodiscard]] Memory& memory() const { return *memory_; }
  /// The request with channel, writer and trust of the caller.
  [[nodiscard]] RememberRequest stamped(RememberRequest request) const;
  /// All that the filter finds, newest first, whatever has become of it since. Errors: limit (more
  /// than blocks_max), io.
  [[nodiscard]] Result<std::vector<BlockView>> all(RecallFilter filter) const;
  /// Erases these and what rests on them, for good; returns how many. None: 0. The caller must have
  /// opened it for Right::erase. Errors: those of Memory::forget.
  [[nodiscard]] Result<std::size_t> forget(const std::vector<std::uint64_t>& blocks);

  static constexpr std::size_t blocks_max = 100'000;  ///< of one question

 private:
  ShimMemory(Memory& memory, Audit& audit, const ShimCaller& caller)
      : memory_(&memory), audit_(&audit), caller_(&caller) {}

  Memory* memory_;
  Audit* audit_;
  const ShimCaller* caller_;
};

}  // namespace mbe
