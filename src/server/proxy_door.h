// The memory proxy over HTTP: requests of OpenAI's and Anthropic's forms go on to an upstream with
// what comes to mind put in, and both sides are remembered. If memory fails, the conversation goes
// on; if it is unclear who calls, nothing is forwarded (rest.cpp asks first). Any thread.
// Guide: docs/guide/proxy.md; decisions: docs/design/0020.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "base/message.h"
#include "llm/http_client.h"
#include "proxy/config.h"
#include "proxy/passing.h"
#include "server/behind.h"
#include "server/http.h"
#include "server/jobs.h"
#include "server/proxy_memory.h"
#include "server/receipts.h"

namespace mbe {

struct ProxyDoorOptions {
  Engine& engine;
  ProxyConfig config;  ///< with its keys
  std::function<int(TimeMs)> utc_offset_minutes = [](TimeMs) { return 0; };
  const Clock& clock = system_clock();
};

class ProxyDoor {
 public:
  explicit ProxyDoor(ProxyDoorOptions options);
  ~ProxyDoor();

  /// Whether the path is one of: /v1/chat/completions, /v1/responses, /v1/messages,
  /// /v1/messages/count_tokens, /v1/embeddings, /v1/models and what is below, /v1/receipts/ID.
  [[nodiscard]] static bool is_proxied(std::string_view path);
  /// A refusal in the words of the wire that the request speaks.
  [[nodiscard]] static HttpResponse refused(const HttpRequest& request, const Catalog& messages,
                                            unsigned status, const Error& error);
  /// To a request on one of the paths, by a caller whose credential and origin were looked at.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request, const Principal& who,
                                    const Catalog& messages);
  /// Asks what is being answered to end soon.
  void stop();
  /// Returns when short-term memory holds what was answered.
  void settle() { behind_.wait(); }

 private:
  struct Exchange;
  struct Flow;
  class Reading;

  [[nodiscard]] HttpResponse receipt(const HttpRequest& request, const Principal& who,
                                     const Catalog& messages);
  [[nodiscard]] Result<std::shared_ptr<Exchange>> prepare(const HttpRequest& request,
                                                          const Principal& who,
                                                          const Catalog& messages);
  [[nodiscard]] Result<void> take_memory(Exchange& exchange, const HttpRequest& request,
                                         const Principal& who);
  [[nodiscard]] Result<void> aim(Exchange& exchange, const HttpRequest& request);
  void recall(Exchange& exchange);
  [[nodiscard]] HttpResponse whole(Exchange& exchange);
  [[nodiscard]] HttpResponse streamed(const std::shared_ptr<Exchange>& exchange,
                                      const HttpRequest& request);
  [[nodiscard]] HttpResponse answered(const Exchange& exchange, Result<HttpReply> reply);
  [[nodiscard]] Remembered remember(const Exchange& exchange, const ProxiedAnswer& answer);
  [[nodiscard]] HttpResponse passed_on(const Exchange& exchange, HttpReply reply);
  void add_headers(const Exchange& exchange, HttpResponse& out) const;

  ProxyDoorOptions options_;
  ProxyMemory memory_;
  Receipts receipts_;
  std::stop_source stopping_;
  std::atomic<std::size_t> waiting_ = 0;  ///< for a whole answer, or for how one begins
  Behind behind_;                         ///< what short-term memory takes in
  Jobs jobs_;                             ///< last: its threads end before what they use
};

}  // namespace mbe
