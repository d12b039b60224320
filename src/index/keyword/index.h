// Inverted index of one chain: terms -> blocks, ranked by BM25. Derived from the log and
// disposable: on `corrupt` the caller deletes the directory and appends again from the log.
// Invariant: search ranks exactly as scoring every document would (oracle.h), ties by lower
// sequence. One writer at a time (append, remove, purge, flush); snapshot() may be called from any
// thread, a snapshot never changes and takes no lock. Bytes: docs/format/keyword.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyse/analysis.h"
#include "base/result.h"
#include "index/common/sequence_set.h"
#include "index/common/watermark.h"

namespace mbe {

class FileSystem;

inline constexpr std::size_t term_kinds = 6;         ///< enumerators of TermKind
inline constexpr std::size_t term_bytes_max = 255;   ///< longer terms are cut at the index's door
inline constexpr std::size_t query_terms_max = 256;  ///< of one search
inline constexpr float query_weight_max = 16;        ///< of one query term; at least 0
inline constexpr std::size_t keyword_hits_max = 10'000;  ///< top_k of one search

/// Document lengths are kept for two classes, so that bigram noise does not distort the length of
/// what was said: `word` counts lemmas, stems, numbers, dates and concepts, `bigram` bigrams.
enum class LengthClass : std::uint8_t { word, bigram };
[[nodiscard]] constexpr LengthClass length_class(TermKind kind) {
  return kind == TermKind::bigram ? LengthClass::bigram : LengthClass::word;
}

/// BM25's constants. Fixed for an index instance; not stored, so they may change at any open.
struct Bm25 {
  float k1 = 1.2f;  ///< above 0, at most 4: how fast repetition saturates
  float b = 0.75f;  ///< 0 … 1: how much length counts
};

/// The terms of one block, as the analyser gives them: any order; repeats add up.
struct KeywordDocument {
  std::uint64_t sequence = 0;
  std::vector<Term> terms = {};
};

struct QueryTerm {
  TermKind kind = TermKind::lemma;
  std::string text = {};
  float weight = 1;  ///< 0 … query_weight_max; multiplies the term's score
};

struct KeywordHit {
  std::uint64_t sequence = 0;
  double score = 0;  ///< sum over the query's terms of weight * idf * saturated count; > 0
  bool operator==(const KeywordHit&) const = default;
};

/// A candidate's score split by the kind of the terms that gave it, indexed by TermKind.
struct KeywordParts {
  std::array<double, term_kinds> by_kind{};
  double idf_matched = 0;  ///< sum of weight * idf over the query's terms the block holds
  std::uint32_t terms_matched = 0;
  std::uint64_t mask = 0;    ///< bit i: query term i is there (terms from the 64th on have no bit)
  std::uint32_t length = 0;  ///< terms of LengthClass::word in the block
  /// The whole score: the sum over the kinds.
  [[nodiscard]] double total() const;
};

struct KeywordSearchOptions {
  std::size_t top_k = 100;  ///< 1 … keyword_hits_max
  const SequenceSet* allowed =
      nullptr;  ///< only these may be hits; null: all. Statistics ignore it
};

/// A query whose terms were looked up once, for as many calls as need them. Only for the snapshot
/// that planned it, while that lives.
struct KeywordPlan {
  struct Places;
  std::vector<double> idf = {};  ///< of each term of the query, unweighted; see search
  std::shared_ptr<const Places> places = {};
};

/// An unchanging view of the index. Cheap to hold; files it maps stay readable after a purge until
/// it is let go.
class KeywordSnapshot {
 public:
  virtual ~KeywordSnapshot() = default;

  /// Looks the terms up. O(terms * segments * log terms). Errors: limit (too many terms),
  /// invalid_argument (weight out of range), corrupt.
  [[nodiscard]] virtual Result<KeywordPlan> plan(std::span<const QueryTerm> query) const = 0;

  /// The best `top_k` documents with a score above 0, best first, ties by lower sequence. A term
  /// given twice counts twice.
  /// score = sum of w * idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / average length)),
  /// idf = ln(1 + (N - df + 0.5) / (df + 0.5)); length and its average (over documents that have
  /// any) are of the term's LengthClass; every summand is rounded to 2^-20, so that the sum does
  /// not depend on the order; for a df of 0 idf is the largest there is. Source: Robertson,
  /// Zaragoza, FnTIR 2009; block maxima: Ding, Suel, SIGIR 2011. Errors: limit (too many hits),
  /// corrupt.
  [[nodiscard]] virtual Result<std::vector<KeywordHit>> search(
      const KeywordPlan& plan, const KeywordSearchOptions& options) const = 0;
  /// The same of a query that is needed once. Errors: of both.
  [[nodiscard]] Result<std::vector<KeywordHit>> search(std::span<const QueryTerm> query,
                                                       const KeywordSearchOptions& options) const;

  /// The parts of `sequences`' scores, in their order (any order, repeats allowed); zeros for a
  /// sequence that is not here. Errors: as search.
  [[nodiscard]] virtual Result<std::vector<KeywordParts>> score_parts(
      const KeywordPlan& plan, std::span<const std::uint64_t> sequences) const = 0;
  [[nodiscard]] virtual std::uint64_t document_count() const = 0;
  /// Mean number of terms of that class over the documents that have any; 0 if none has.
  [[nodiscard]] virtual double average_length(LengthClass of) const = 0;
  [[nodiscard]] virtual bool contains(std::uint64_t sequence) const = 0;
};

class KeywordIndex {
 public:
  virtual ~KeywordIndex() = default;

  /// Opens the index in `directory` (created at the first flush). Maps the segments, parses no
  /// posting. Errors: io; corrupt (magic, version, checksum: delete `directory` and append again);
  /// invalid_argument (k1, b).
  [[nodiscard]] static Result<std::unique_ptr<KeywordIndex>> open(FileSystem& fs,
                                                                  const std::string& directory,
                                                                  Bm25 bm25 = {});

  /// Adds documents; searchable by snapshots taken from then on, on disk after flush(). Sequences
  /// rise and lie above every earlier one; `covered` is not below the last one. An empty batch
  /// moves the watermark. Cost: amortised O(terms * log documents). Errors: invalid_argument
  /// (sequence not rising, term without text or with count 0,
  /// watermark below the last one); limit (sequence_limit); io,
  /// corrupt as flush (a full tail is flushed by itself).
  virtual Result<void> append(std::span<const KeywordDocument> documents,
                              const Watermark& covered) = 0;

  /// Hides the documents from every later snapshot; unknown ones are ignored. Until purge() or
  /// flush() the statistics (N, df, average lengths) still count them.
  virtual void remove(std::span<const std::uint64_t> sequences) = 0;
  /// Rewrites the segments that hold removed documents; when it returns no file of the index
  /// contains anything of them, and the change is on disk. Includes flush() if the tail holds any.
  /// Cost: one bounded segment (documents_per_segment_max) a removed document.
  virtual Result<void> purge() = 0;
  /// Writes the tail as an immutable file, merges small ones, replaces the manifest. Afterwards
  /// covered() is what is on disk. Errors: io (the index on disk is unchanged), corrupt.
  virtual Result<void> flush() = 0;
  /// No file is written from now on, whatever is called: another process owns the directory and
  /// this index keeps its additions in memory.
  virtual void keep_private() = 0;
  /// Reads every byte. Errors: corrupt (names the file), io.
  [[nodiscard]] virtual Result<void> verify() const = 0;

  /// What was appended so far, without what was removed.
  [[nodiscard]] virtual std::shared_ptr<const KeywordSnapshot> snapshot() const = 0;
  /// How far the index follows the log, tail included; nothing while it is empty.
  [[nodiscard]] virtual std::optional<Watermark> covered() const = 0;
  /// How far what is on disk follows the log.
  [[nodiscard]] virtual std::optional<Watermark> persisted() const = 0;
  /// Bytes of the files, and documents that are only in memory.
  [[nodiscard]] virtual std::uint64_t bytes_on_disk() const = 0;
  [[nodiscard]] virtual std::uint64_t tail_documents() const = 0;
};

}  // namespace mbe
