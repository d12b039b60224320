// Calls the server of a home through the Unix socket that only the owner of its files can open.
// One request a connection; any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace mbe {

class LocalClient {
 public:
  /// Nothing if no server answers at HOME/socket.
  [[nodiscard]] static std::optional<LocalClient> find(const std::string& home);

  /// POSTs the arguments to a path such as `/v1/recall?chain=main` and returns the answer, however
  /// long it takes. `language`: of the errors, such as `ko`; `headers`: further ones.
  /// Errors: the server's own; io (it stopped meanwhile: what was asked may be done or not).
  [[nodiscard]] Result<Json> post(const std::string& target, const Json& arguments,
                                  const std::string& language,
                                  const std::map<std::string, std::string>& headers = {}) const;

  using OnEvent = std::function<void(const std::string& name, const Json& data)>;
  /// POSTs to a path that answers with a stream of events, such as `/api/ask`, tells each, and
  /// returns the data of `done`. Errors: as post(), an event `error` too; unavailable (stopped).
  [[nodiscard]] Result<Json> stream(const std::string& target, const Json& arguments,
                                    const std::string& language, const OnEvent& on_event,
                                    const std::stop_token& stop) const;

 private:
  explicit LocalClient(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Error broken(const std::string& why) const;
  /// As the server told it, in the caller's language.
  [[nodiscard]] Error told(const std::string& body) const;
  std::string path_;
};

/// A text as part of a query: everything but letters, digits, `-`, `_`, `.` and `~` as %XX.
[[nodiscard]] std::string query_escape(std::string_view text);

}  // namespace mbe
