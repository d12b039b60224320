// The REST door: health, the OpenAPI description, and every operation of the table under
// POST /v1/NAME?chain=CHAIN with its arguments as a JSON body; as MCP's tools under /mcp. One place
// asks who calls and whether that one may. Any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "mcp/memory_tools.h"
#include "mcp/search_tools.h"
#include "operations/operation.h"
#include "operations/read_json.h"
#include "server/anthropic_door.h"
#include "server/auth.h"
#include "server/dispatch.h"
#include "server/echo_door.h"
#include "server/first_run.h"
#include "server/http.h"
#include "server/login_door.h"
#include "server/mcp_door.h"
#include "server/mem0_door.h"
#include "server/metrics.h"
#include "server/people_door.h"
#include "server/proxy_door.h"

namespace mbe {

struct RestOptions {
  Engine& engine;
  People& people;
  std::set<std::string> hosts;  ///< see Auth
  const Catalog& english;
  const Catalog& korean;
  std::string version;
  bool behind_proxy = false;                      ///< a proxy with TLS stands before it
  FirstRun* first_run = nullptr;                  ///< null: the origin has an account
  EchoDoor* echo = nullptr;                       ///< null: this server has no Echo
  const mcp::ToolBook* tools = nullptr;           ///< null: `/mcp` is unavailable
  const mcp::SearchBook* search_tools = nullptr;  ///< null: `/mcp?tools=chatgpt` is unavailable
  ProxyDoor* proxy = nullptr;                     ///< null: nothing is forwarded
  /// Minutes east of UTC at a moment, where AI clients are taken to be.
  std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
  Log* log = nullptr;                ///< null: none is kept
  const Metrics* metrics = nullptr;  ///< null: none are told
  const Clock& clock = system_clock();
};

class Rest {
 public:
  explicit Rest(RestOptions options);
  /// Never fails otherwise than by an answer that says why.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request);

 private:
  /// An answer that is given again when the same request comes with the same Idempotency-Key.
  struct Given {
    std::string body;            ///< digest of the request
    HttpResponse response;       ///< empty while it is being made
    std::uint64_t erasures = 0;  ///< in the memory's log before: later ones may reach the answer
    std::chrono::steady_clock::time_point until;
  };

  [[nodiscard]] HttpResponse routed(const HttpRequest& request);
  [[nodiscard]] const Catalog& messages_for(const HttpRequest& request) const;
  [[nodiscard]] HttpResponse mcp_answer(const HttpRequest& request);
  [[nodiscard]] HttpResponse proxy_answer(const HttpRequest& request);
  [[nodiscard]] Result<std::shared_ptr<mcp::Features>> tools_for(const HttpRequest& request,
                                                                 const Principal& who,
                                                                 const std::string& chain);
  [[nodiscard]] HttpResponse mem0_answer(const HttpRequest& request);
  [[nodiscard]] HttpResponse anthropic_answer(const HttpRequest& request);
  [[nodiscard]] HttpResponse operation_answer(const HttpRequest& request);
  [[nodiscard]] HttpResponse run(const Operation& operation, const Principal& who,
                                 const std::string& chain, const HttpRequest& request);
  [[nodiscard]] HttpResponse once(const std::string& key, const std::string& chain,
                                  const HttpRequest& request,
                                  const std::function<HttpResponse()>& run);
  [[nodiscard]] static HttpResponse given_before(const Given& before, const std::string& body,
                                                 std::uint64_t erasures, const Catalog& messages);
  [[nodiscard]] Result<std::uint64_t> erasures_of(const std::string& chain);
  void keep_given(const std::string& key, Given given);
  void forget_given(std::map<std::string, Given>::iterator place);
  void drop_oldest();
  [[nodiscard]] std::string address_of(const HttpRequest& request) const;
  [[nodiscard]] HttpResponse echo_answer(const HttpRequest& request);
  [[nodiscard]] HttpResponse metrics_answer(const HttpRequest& request);
  [[nodiscard]] HttpResponse ready_answer(const HttpRequest& request);

  RestOptions options_;
  Auth auth_;
  Log no_log_;
  Audit audit_;
  Dispatch dispatch_;
  PeopleDoor people_door_;
  McpDoor mcp_door_;
  Mem0Door mem0_door_;
  AnthropicDoor anthropic_door_;
  LoginDoor login_door_;
  std::string openapi_;
  std::mutex mutex_;
  std::map<std::string, Given> given_;  ///< guarded by mutex_
  std::size_t given_bytes_ = 0;         ///< of the answers in it; guarded by mutex_
};

/// OpenAPI 3.1 of all of this, made from the operation table.
[[nodiscard]] Json openapi(const std::string& version);

}  // namespace mbe
