#include "embed/query_cache.h"

#include "base/assert.h"

namespace mbe {

QueryCache::QueryCache(Embedder& embedder, std::size_t capacity)
    : embedder_(embedder), capacity_(capacity) {
  MBE_ASSERT(capacity >= 1);
}

Result<std::vector<float>> QueryCache::embed(std::string_view query) {
  std::uint64_t clearing = 0;
  {
    const std::lock_guard lock(mutex_);
    clearing = clearings_;
    if (const auto found = found_.find(query); found != found_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->vector;
    }
  }
  MBE_ASSIGN(auto rows, embedder_.embed(std::span(&query, 1), TextRole::query));
  keep(query, rows.values, clearing);
  return std::move(rows.values);
}

std::size_t QueryCache::size() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void QueryCache::clear() {
  const std::lock_guard lock(mutex_);
  found_.clear();
  entries_.clear();
  ++clearings_;
}

void QueryCache::keep(std::string_view query, const std::vector<float>& vector,
                      std::uint64_t clearing) {
  const std::lock_guard lock(mutex_);
  if (clearing != clearings_ || found_.contains(query)) return;
  entries_.push_front({std::string(query), vector});
  found_.emplace(entries_.front().query, entries_.begin());
  if (entries_.size() <= capacity_) return;
  found_.erase(entries_.back().query);
  entries_.pop_back();
}

}  // namespace mbe
