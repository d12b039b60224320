// mem0's REST verbs under `/mem0`: programs written for its server or its hosted interface run on
// this memory by changing the address. No model is called by any of them. Who calls has been found
// out before; what may be done is decided by access.h. Paths: docs/guide/shims.md. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/message.h"
#include "server/mem0_shape.h"
#include "server/shim.h"

namespace mbe {

inline constexpr std::string_view mem0_path = "/mem0";

class Mem0Door {
 public:
  /// Both must outlive it.
  Mem0Door(Engine& engine, Audit& audit) : engine_(engine), audit_(audit) {}

  /// Whether the path is this door's.
  [[nodiscard]] static bool is_here(std::string_view path);
  /// Errors are told in mem0's form.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request, const Principal& who,
                                    const Catalog& messages) const;
  /// {"detail": why}: what mem0's clients look for.
  [[nodiscard]] static HttpResponse refusal(const Catalog& messages, unsigned status,
                                            const Error& error);

 private:
  /// A request taken apart.
  struct Asked {
    const HttpRequest& request;
    ShimCaller caller;
    int version = 0;   ///< of the hosted paths; 0: the server's
    std::string rest;  ///< of the path, without a slash at its end
    Json body;         ///< an object; of the query where there is none
  };
  struct Found {
    BlockView root, newest;
  };

  [[nodiscard]] Result<Json> routed(const Asked& asked) const;
  [[nodiscard]] Result<Json> collection(const Asked& asked) const;
  [[nodiscard]] Result<Json> one(const Asked& asked, const std::string& id) const;
  [[nodiscard]] Result<Json> batch(const Asked& asked) const;
  [[nodiscard]] Result<Json> add(const Asked& asked) const;
  [[nodiscard]] Result<Json> search(const Asked& asked) const;
  [[nodiscard]] Result<Json> list(const Asked& asked, bool is_paged) const;
  [[nodiscard]] Result<Json> entities(const Asked& asked) const;
  [[nodiscard]] Result<Json> update(const Asked& asked, const std::string& id,
                                    const Json& body) const;
  [[nodiscard]] Result<Json> remove(const Asked& asked, const std::vector<std::string>& ids) const;
  [[nodiscard]] Result<Json> remove_all(const Asked& asked, const Json& filter,
                                        const char* done) const;

  [[nodiscard]] Result<ShimMemory> open(const Asked& asked, Right right) const {
    return ShimMemory::open(engine_, audit_, asked.caller, right);
  }

  Engine& engine_;
  Audit& audit_;
};

}  // namespace mbe
