#include "server/receipts.h"

#include "base/bytes.h"
#include "base/random.h"

namespace mbe {

std::string Receipts::begin(std::int64_t account, Json receipt) {
  constexpr std::size_t id_bytes = 10;
  std::string id = to_base32(random_bytes(id_bytes));
  receipt["id"] = id;
  const std::lock_guard lock(mutex_);
  kept_[id] = {account, std::move(receipt)};
  order_.push_back(id);
  if (order_.size() > kept_max) {
    kept_.erase(order_.front());
    order_.pop_front();
  }
  return id;
}

void Receipts::note(const std::string& id, const Json& members) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found != kept_.end()) found->second.receipt.update(members);
}

std::optional<Json> Receipts::find(const std::string& id, std::int64_t account) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end() || found->second.account != account) return std::nullopt;
  return found->second.receipt;
}

}  // namespace mbe
