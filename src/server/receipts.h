// What became of proxied requests: of a stream that is known only when it has ended, behind the
// headers that could say it. The newest are kept, in this process alone. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/json.h"

namespace mbe {

class Receipts {
 public:
  /// A new one of that account; its id.
  [[nodiscard]] std::string begin(std::int64_t account, Json receipt);
  /// Adds members to it, or changes them.
  void note(const std::string& id, const Json& members);
  /// Nothing if there is none, or it is another account's.
  [[nodiscard]] std::optional<Json> find(const std::string& id, std::int64_t account);

  static constexpr std::size_t kept_max = 4'096;

 private:
  struct Kept {
    std::int64_t account = 0;
    Json receipt;
  };
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;  ///< this and order_: guarded by mutex_
  std::deque<std::string> order_;     ///< the oldest first
};

}  // namespace mbe
