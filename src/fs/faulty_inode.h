// A file of the FaultyFileSystem: what readers see of it, what a crash leaves of it, and the
// changes between the two. Guarded by the file system's mutex. For faulty.cpp alone.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "fs/faulty.h"

namespace mbe {

/// What a file is. `bytes` is what readers see, `durable` what a crash leaves; `pending` leads from
/// the one to the other. Buffers that were outgrown stay, so views of them stay good.
struct FaultyFileSystem::Inode {
  static constexpr std::size_t sector_bytes = 512;
  static constexpr unsigned locks_max = 8;

  struct Change {
    std::uint64_t offset;
    std::string bytes;
    bool truncates;
  };

  std::vector<std::unique_ptr<char[]>> buffers;
  std::size_t capacity = 0;
  std::size_t size = 0;
  std::string durable;
  std::vector<Change> pending;
  std::uint64_t lock_owner[locks_max] = {};
  std::int64_t changes = 0;

  [[nodiscard]] char* bytes() const { return buffers.empty() ? nullptr : buffers.back().get(); }
  [[nodiscard]] std::string_view text() const { return {bytes(), size}; }

  /// Sets the size readers see; what is new is zero.
  void resize(std::size_t to) {
    if (to > capacity) {
      const std::size_t wider = std::max<std::size_t>({to, 2 * capacity, 1'024});
      auto buffer = std::make_unique<char[]>(wider);
      if (size > 0) std::memcpy(buffer.get(), bytes(), size);
      buffers.push_back(std::move(buffer));
      capacity = wider;
    }
    if (to > size) std::memset(bytes() + size, 0, to - size);
    size = to;
  }
  /// Readers see it at once; it is durable with the next sync.
  void write(std::uint64_t offset, std::string_view with) {
    if (with.empty()) return;
    ++changes;
    resize(std::max<std::size_t>(size, offset + with.size()));
    std::memcpy(bytes() + offset, with.data(), with.size());
    pending.push_back({offset, std::string(with), false});
  }
  /// Cuts or grows to that size, as write does.
  void truncate(std::uint64_t to) {
    ++changes;
    resize(to);
    pending.push_back({to, "", true});
  }
  /// Carries out one change on durable bytes.
  static void apply(std::string& to, const Change& change) {
    if (change.truncates) return to.resize(change.offset, '\0');
    to.resize(std::max<std::size_t>(to.size(), change.offset + change.bytes.size()), '\0');
    to.replace(change.offset, change.bytes.size(), change.bytes);
  }
  /// Makes everything readers see durable.
  void sync() {
    for (const Change& change : pending) apply(durable, change);
    pending.clear();
  }
  /// Of what was not synced some changes arrive whole, some in sectors, some not at all.
  void lose(SeededRandom& random) {
    for (Change& change : pending) {
      const std::uint64_t fate = random.below(4);
      if (fate == 0) continue;
      if (fate == 1 && !change.truncates) {
        tear(change, random);
        continue;
      }
      apply(durable, change);
    }
    pending.clear();
  }
  /// A part of the change becomes durable: a prefix, or some of its sectors.
  void tear(const Change& change, SeededRandom& random) {
    if (random.below(2) == 0) {  // a prefix
      const std::size_t kept = random.below(change.bytes.size() + 1);
      return apply(durable, {change.offset, change.bytes.substr(0, kept), false});
    }
    for (std::size_t at = 0; at < change.bytes.size(); at += sector_bytes) {
      if (random.below(2) == 0) continue;
      apply(durable, {change.offset + at, change.bytes.substr(at, sector_bytes), false});
    }
  }
  /// After a crash: readers see what is durable.
  void take_durable() {
    ++changes;
    resize(0);
    resize(durable.size());
    std::copy(durable.begin(), durable.end(), bytes());
  }
};

}  // namespace mbe
