#include "store/local/local_store.h"

#include <algorithm>
#include <utility>

namespace mbe {

LocalStore::LocalStore(Options options)
    : options_(std::move(options)), segments_(options_.files, options_.directory + "/log") {}

Result<std::unique_ptr<LocalStore>> LocalStore::open(Options options) {
  std::unique_ptr<LocalStore> store(new LocalStore(std::move(options)));
  MBE_TRY(store->load());
  return store;
}

LocalStore::~LocalStore() {
  // What a failed checkpoint leaves undone costs the next open some time, nothing else.
  if (!options_.read_only && !damage_) (void)checkpoint();
}

Tail LocalStore::tail() const {
  const std::lock_guard lock(state_mutex_);
  return tail_;
}

std::optional<Head> LocalStore::head() const {
  const std::lock_guard lock(state_mutex_);
  if (tail_.count == 0) return std::nullopt;
  return Head{tail_.count - 1, tail_.hash};
}

std::optional<Damage> LocalStore::damage() const {
  const std::lock_guard lock(state_mutex_);
  return damage_;
}

std::vector<std::uint64_t> LocalStore::erase_blocks(std::size_t skip) const {
  const std::lock_guard lock(state_mutex_);
  const std::size_t from = std::min(skip, erase_blocks_.size());
  return {erase_blocks_.begin() + static_cast<std::ptrdiff_t>(from), erase_blocks_.end()};
}

Result<std::string_view> LocalStore::read(std::uint64_t sequence) const {
  if (sequence >= published_.load(std::memory_order_acquire)) {
    return fail(ErrorCode::not_found, "there is no block {}", sequence);
  }
  const Place place(places_.load(sequence));
  if (!place.known()) {
    return fail(ErrorCode::corrupt, "block {} is damaged; run mbe verify", sequence);
  }
  return segments_.view(place);
}

Result<void> LocalStore::checkpoint() {
  if (options_.read_only || damage()) return {};
  const Leadership leader(*this);
  if (stopped_) return {};
  MBE_TRY(sync_published());
  if (head_file_) MBE_TRY(head_file_->sync_data());
  return save_offsets();
}

LocalStore::Leadership::Leadership(LocalStore& store) : store_(store) {
  std::unique_lock lock(store_.queue_mutex_);
  store_.queue_changed_.wait(lock, [&] { return !store_.led_; });
  store_.led_ = true;
}

LocalStore::Leadership::~Leadership() {
  {
    const std::lock_guard lock(store_.queue_mutex_);
    store_.led_ = false;
  }
  store_.queue_changed_.notify_all();
}

}  // namespace mbe
