// MCP over HTTP: one path, `/mcp`, for both kinds of revision. The newer needs nothing but the
// request; the earlier ones begin a session, which belongs to whoever began it: knowing its id is
// no credential. Answers are JSON, or a stream where the client hears of progress first. Any
// thread. Source: the specification's `basic/transports`, 2025-11-25 and 2026-07-28.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/message.h"
#include "mcp/core.h"
#include "server/http.h"
#include "server/jobs.h"

namespace mbe {

class McpDoor {
 public:
  /// `version`: of the program.
  explicit McpDoor(std::string version);

  /// A request to the path by a caller whose credential and origin were looked at. `who`: whose
  /// sessions may be used; no two callers have the same.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request, const std::string& who,
                                    const std::shared_ptr<mcp::Features>& features,
                                    const Catalog& messages);

  /// Of one caller; a further one ends that which was still the longest.
  static constexpr std::size_t sessions_of_one_max = 64;

 private:
  struct Held {
    std::string who;
    mcp::Session session;
    std::uint64_t used = 0;  ///< by a count of uses
  };

  [[nodiscard]] HttpResponse post(const HttpRequest& request, const std::string& who,
                                  const std::shared_ptr<mcp::Features>& features);
  [[nodiscard]] HttpResponse answered(const mcp::Message& message,
                                      const std::optional<mcp::Session>& session, bool modern,
                                      const std::string& who, mcp::Features& features);
  [[nodiscard]] HttpResponse streamed(mcp::Message message, std::optional<mcp::Session> session,
                                      bool modern, std::shared_ptr<mcp::Features> features);
  [[nodiscard]] std::optional<mcp::Session> session_of(const std::string& id,
                                                       const std::string& who);
  [[nodiscard]] std::string begin(const std::string& who, mcp::Session session);
  [[nodiscard]] bool end(const std::string& id, const std::string& who);

  const mcp::Core core_;
  std::mutex mutex_;
  std::map<std::string, Held> sessions_;  ///< guarded by mutex_
  std::uint64_t uses_ = 0;                ///< guarded by mutex_
  Jobs jobs_;                             ///< last: its threads end before what they use
};

}  // namespace mbe
