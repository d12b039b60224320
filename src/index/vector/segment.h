// One unchanging part of the vector index: up to 8,192 vectors of one model sorted by (sequence,
// kind, span), as float16 rows; from sketch_from vectors on also as 1-bit sketches of their
// difference from the segment's mean. Any thread. Bytes and formulas: docs/format/vector.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/common/segment_file.h"
#include "index/common/sequence_set.h"
#include "index/vector/index.h"
#include "index/vector/kernels.h"

namespace mbe {

inline constexpr std::uint32_t vectors_per_segment_max = 8192;
/// Smaller segments are scanned exactly; their mean would say little.
inline constexpr std::uint32_t sketch_from = 1024;

/// An entry as stored.
struct StoredEntry {
  std::uint32_t sequence;
  std::uint32_t span_begin;
  std::uint32_t span_end;
  std::uint32_t kind;
  auto operator<=>(const StoredEntry&) const = default;
};

/// Rows of a segment to be, in any order.
struct VectorRows {
  VectorModel model;
  std::vector<StoredEntry> entries;
  std::vector<Half> halves;  ///< padded_dim(model.dim) each
};

class VectorSegment {
 public:
  using Pointer = std::shared_ptr<const VectorSegment>;

  [[nodiscard]] static FileForm form() { return {.magic = "MBEVECTR", .version = 1}; }
  /// Errors: corrupt.
  [[nodiscard]] static Result<Pointer> parse(std::shared_ptr<const SegmentFile> file);
  /// Sorts and writes 1 … vectors_per_segment_max rows.
  [[nodiscard]] static std::string build(const VectorRows& rows);
  /// Errors: corrupt. Empty if nothing is left.
  [[nodiscard]] static Result<std::string> merge(std::span<const Pointer> segments,
                                                 const SequenceSet& without);

  [[nodiscard]] const SegmentFile& file() const { return *file_; }
  /// Whether any of these sequences has a vector here.
  [[nodiscard]] bool holds(const SequenceSet& any) const;
  [[nodiscard]] const VectorModel& model() const { return model_; }
  [[nodiscard]] std::span<const StoredEntry> entries() const { return entries_; }
  /// The entries of one sequence; `from`: a row at or before them. O(log rows).
  [[nodiscard]] std::span<const StoredEntry> entries_of(std::uint64_t sequence,
                                                        std::size_t from = 0) const;
  /// Sequences with a vector of one of `kinds` (bits). The first call reads all entries.
  [[nodiscard]] SequenceSet sequences(std::uint8_t kinds) const;
  [[nodiscard]] std::size_t width() const { return padded_dim(model_.dim); }
  /// `count` rows from number `first`, checked. Errors: corrupt.
  [[nodiscard]] Result<const Half*> rows(std::size_t first, std::size_t count) const;
  /// Asks memory for a row that is read soon; its number is below the entries'.
  void prefetch(std::size_t row) const;
  /// Sum of all rows. dim doubles.
  [[nodiscard]] std::span<const double> sum() const { return sum_; }

  [[nodiscard]] bool has_sketches() const { return !sketches_.empty(); }
  /// Mean the sketches are taken from. dim floats.
  [[nodiscard]] std::span<const float> centre() const { return centre_; }
  /// Estimates for all entries (rounded up to whole blocks) of a prepared query. Errors: corrupt.
  [[nodiscard]] Result<void> estimate(const SketchQuery& query, std::vector<float>& out) const;

 private:
  VectorSegment() = default;
  [[nodiscard]] Result<void> parse_sections();

  std::shared_ptr<const SegmentFile> file_;
  VectorModel model_;
  std::span<const StoredEntry> entries_;
  std::string_view rows_;
  std::span<const double> sum_;
  std::span<const float> centre_;
  std::string_view sketches_;
  std::string_view factors_;
  std::string_view offsets_;
  mutable std::once_flag sets_made_;
  mutable std::array<SequenceSet, vector_kinds> sets_;  ///< by kind; set once under sets_made_
};

}  // namespace mbe
