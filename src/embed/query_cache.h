// The vectors of the newest queries: the same words are often recalled again (a filter is changed,
// a page is turned), and a vector costs milliseconds. Invariant: holds at most `capacity` vectors
// of one Embedder, the least recently used goes first. Thread-safe; embeds outside its lock.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace mbe {

class QueryCache {
 public:
  /// embedder: must outlive the cache. capacity: 1 or more vectors.
  explicit QueryCache(Embedder& embedder, std::size_t capacity = 256);

  /// The unit vector of a query. Errors: those of Embedder::embed; a failure is not kept.
  [[nodiscard]] Result<std::vector<float>> embed(std::string_view query);

  /// Vectors held now.
  [[nodiscard]] std::size_t size();

  /// Forgets all, what is being embedded too: an erased text must not stay behind as a key.
  void clear();

 private:
  struct Entry {
    std::string query;
    std::vector<float> vector;
  };
  using Entries = std::list<Entry>;

  /// Unless it was cleared since `clearing` was read.
  void keep(std::string_view query, const std::vector<float>& vector, std::uint64_t clearing);

  Embedder& embedder_;
  std::size_t capacity_;
  std::mutex mutex_;
  Entries entries_;                                                ///< newest first; by mutex_
  std::unordered_map<std::string_view, Entries::iterator> found_;  ///< keys in entries_; by mutex_
  std::uint64_t clearings_ = 0;                                    ///< by mutex_
};

}  // namespace mbe
