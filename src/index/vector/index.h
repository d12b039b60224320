// Vectors of one chain's blocks under one model: exact cosine ranking of what a 1-bit first pass
// leaves. Derived and disposable: on `corrupt` the caller deletes the directory and embeds again.
// Invariant: every returned cosine is exact over the stored float16; only membership in the result
// is approximate, and only above exact_scan_max vectors. One writer at a time; snapshots are
// unchanging, usable from any thread without a lock. Bytes and formulas: docs/format/vector.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/common/sequence_set.h"
#include "index/common/watermark.h"

namespace mbe {

class FileSystem;

/// What of a block a vector stands for.
enum class VectorKind : std::uint8_t {
  turn,            ///< the text as a whole
  window_context,  ///< the turn among its neighbours in the session
  text_window,     ///< a span of a long text
};
/// Bits for VectorQuery.kinds.
[[nodiscard]] constexpr std::uint8_t kind_bit(VectorKind kind) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind));
}
inline constexpr std::uint8_t all_vector_kinds = 7;
inline constexpr std::size_t vector_kinds = 3;

inline constexpr std::size_t vector_dim_max = 4096;
inline constexpr std::size_t vector_hits_max = 10'000;

/// Which model made the vectors; vectors of different models never meet.
struct VectorModel {
  std::string id = {};  ///< 1 … 255 bytes, for example the embedder's id with its file's digest
  std::uint32_t dim = 384;
  bool operator==(const VectorModel&) const = default;
};

struct VectorOptions {
  std::size_t exact_scan_max = 16'000;  ///< up to that many vectors float16 is scanned outright
  std::size_t survivors_min = 400;      ///< of the first pass, rescored exactly
  std::size_t threads_max = 2;          ///< for the first pass, above threads_from vectors
  std::size_t threads_from = 50'000;
};

/// One vector: unit length within 1 %, `dim` floats in the flat array beside the entries.
struct VectorEntry {
  std::uint64_t sequence = 0;
  VectorKind kind = VectorKind::turn;
  std::uint32_t span_begin = 0;  ///< bytes of the block's text it covers: [begin, end)
  std::uint32_t span_end = 0;
  bool operator==(const VectorEntry&) const = default;
};

struct VectorQuery {
  std::span<const float> vector = {};  ///< dim floats of unit length
  std::size_t top_k = 100;             ///< sequences, 1 … vector_hits_max
  std::uint8_t kinds = all_vector_kinds;
  const SequenceSet* allowed = nullptr;  ///< only these may be hits; null: all
};

/// A block with its best vector.
struct VectorHit {
  std::uint64_t sequence = 0;
  VectorKind kind = VectorKind::turn;
  std::uint32_t span_begin = 0;
  std::uint32_t span_end = 0;
  float cosine = 0;
  bool operator==(const VectorHit&) const = default;
};

/// One sequence's best cosines to a query, by VectorKind; nothing where it has no such vector.
using KindCosines = std::array<std::optional<float>, vector_kinds>;
/// The best among `kinds`.
[[nodiscard]] std::optional<float> best_cosine(const KindCosines& cosines, std::uint8_t kinds);

class VectorSnapshot {
 public:
  virtual ~VectorSnapshot() = default;

  /// The best sequences by their best vector among `kinds`, best first, ties by lower sequence (of
  /// one sequence's equal vectors: lower kind, then lower span).
  /// Errors: invalid_argument (dim, a value that is not finite, top_k 0), limit (top_k), corrupt.
  [[nodiscard]] virtual Result<std::vector<VectorHit>> search(const VectorQuery& query) const = 0;

  /// Exact best cosines of sequences (any order, repeats allowed) to queries: at
  /// s * queries.size() + q those of sequence s to query q. Errors: as search. Cost: one lookup a
  /// sequence, one dot product a vector and query.
  [[nodiscard]] virtual Result<std::vector<KindCosines>> cosines(
      std::span<const std::span<const float>> queries,
      std::span<const std::uint64_t> sequences) const = 0;

  /// The stored vectors of one sequence, as floats, with their entries, by (kind, span).
  struct Stored {
    VectorEntry entry;
    std::vector<float> values;
  };
  /// Empty if it has none. Errors: corrupt.
  [[nodiscard]] virtual Result<std::vector<Stored>> vectors(std::uint64_t sequence) const = 0;

  /// Mean of all vectors (dim floats; zeros while there are none). O(segments * dim).
  [[nodiscard]] virtual std::vector<float> mean() const = 0;
  [[nodiscard]] virtual std::uint64_t vector_count() const = 0;
  /// Sequences that have a vector of one of `kinds`.
  [[nodiscard]] virtual Result<SequenceSet> sequences(
      std::uint8_t kinds = all_vector_kinds) const = 0;
};

class VectorIndex {
 public:
  virtual ~VectorIndex() = default;

  /// Opens the generation of `model` inside `directory`, an empty one if there is none (made at the
  /// first flush). It is the active one once activate() was called for it.
  /// Errors: io, corrupt (delete that generation: drop()), invalid_argument (model id, dim).
  [[nodiscard]] static Result<std::unique_ptr<VectorIndex>> open(FileSystem& fs,
                                                                 const std::string& directory,
                                                                 const VectorModel& model,
                                                                 const VectorOptions& options = {});
  /// The model that answers now; nothing if none was ever activated. Errors: io, corrupt.
  [[nodiscard]] static Result<std::optional<VectorModel>> active(FileSystem& fs,
                                                                 const std::string& directory);
  /// Deletes a model's generation with all its files. Errors: io.
  static Result<void> drop(FileSystem& fs, const std::string& directory, const VectorModel& model);

  /// Adds entries; `values` holds entries.size() * dim floats. Any order of sequences; `covered`
  /// does not step back and is what the caller will resume above. Errors: invalid_argument (size,
  /// length not 1 within 1 %, span_end < span_begin, watermark stepping back), limit
  /// (sequence_limit); io, corrupt as flush (a full tail is flushed by itself).
  virtual Result<void> append(std::span<const VectorEntry> entries, std::span<const float> values,
                              const Watermark& covered) = 0;
  /// Hides every vector of these sequences from later snapshots; unknown ones are ignored.
  virtual void remove(std::span<const std::uint64_t> sequences) = 0;
  /// Rewrites the files that hold removed vectors; when it returns none contains anything of them.
  /// Other generations are other VectorIndex objects: purge each. Cost: one bounded segment a
  /// removed sequence.
  virtual Result<void> purge() = 0;
  /// Writes the tail, merges small files, replaces the manifest. Errors: io (what is on disk is
  /// unchanged), corrupt.
  virtual Result<void> flush() = 0;
  /// Flushes, makes this generation the one that active() names, then deletes all others.
  virtual Result<void> activate() = 0;
  /// No file is written from now on, whatever is called: another process owns the directory and
  /// this index keeps its additions in memory.
  virtual void keep_private() = 0;
  /// Reads every byte. Errors: corrupt, io.
  [[nodiscard]] virtual Result<void> verify() const = 0;

  /// What was appended so far, without what was removed.
  [[nodiscard]] virtual std::shared_ptr<const VectorSnapshot> snapshot() const = 0;
  /// The model this generation belongs to.
  [[nodiscard]] virtual const VectorModel& model() const = 0;
  /// How far the index follows the log, tail included; nothing while it is empty.
  [[nodiscard]] virtual std::optional<Watermark> covered() const = 0;
  /// How far what is on disk follows the log.
  [[nodiscard]] virtual std::optional<Watermark> persisted() const = 0;
  /// Bytes of this generation's files, and vectors that are only in memory.
  [[nodiscard]] virtual std::uint64_t bytes_on_disk() const = 0;
  [[nodiscard]] virtual std::uint64_t tail_vectors() const = 0;
};

}  // namespace mbe
