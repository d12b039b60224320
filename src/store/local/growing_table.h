// A table of words that one thread at a time extends while others read without a lock. Chunks never
// move, so an entry once published stays where it is. Absent entries read as zero.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

#include "base/assert.h"

namespace mbe {

/// At most chunk_size × chunks_max entries of `T`, which must be lock-free as an atomic.
template <class T, std::size_t chunk_size, std::size_t chunks_max>
class GrowingTable {
 public:
  static constexpr std::size_t entries_max = chunk_size * chunks_max;

  GrowingTable() : chunks_(new std::atomic<Chunk*>[chunks_max]()) {}
  ~GrowingTable() {
    for (std::size_t i = 0; i < chunks_max; ++i) delete chunks_[i].load();
  }
  GrowingTable(const GrowingTable&) = delete;
  GrowingTable& operator=(const GrowingTable&) = delete;

  /// Any thread.
  [[nodiscard]] T load(std::size_t index) const {
    if (index >= entries_max) return T{};
    const Chunk* const chunk = chunks_[index / chunk_size].load(std::memory_order_acquire);
    return chunk == nullptr ? T{}
                            : chunk->entries[index % chunk_size].load(std::memory_order_acquire);
  }
  /// One thread at a time.
  void store(std::size_t index, T value) {
    MBE_ASSERT(index < entries_max);
    std::atomic<Chunk*>& slot = chunks_[index / chunk_size];
    if (slot.load(std::memory_order_relaxed) == nullptr) {
      slot.store(new Chunk(), std::memory_order_release);
    }
    Chunk* const chunk = slot.load(std::memory_order_relaxed);
    chunk->entries[index % chunk_size].store(value, std::memory_order_release);
  }

 private:
  struct Chunk {
    std::atomic<T> entries[chunk_size] = {};
  };
  std::unique_ptr<std::atomic<Chunk*>[]> chunks_;
};

}  // namespace mbe
