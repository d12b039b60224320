#include "index/keyword/index.h"

#include <algorithm>

#include "index/common/segment_stack.h"
#include "index/keyword/segment.h"
#include "index/keyword/snapshot.h"

namespace mbe {
namespace {

constexpr SegmentLimits limits{.items_max = documents_per_segment_max, .tail_max = 8192};
constexpr std::size_t batch_documents = 8192;  ///< of one in-memory segment

Result<void> check(const KeywordDocument& document) {
  for (const Term& term : document.terms) {
    if (term.text.empty() || term.count == 0) {
      return fail(ErrorCode::invalid_argument,
                  "block {} has a term without text or with count 0; analyse it again",
                  document.sequence);
    }
  }
  return {};
}

class SegmentedKeywordIndex final : public KeywordIndex {
 public:
  SegmentedKeywordIndex(SegmentStack<KeywordSegment> stack, Bm25 bm25)
      : stack_(std::move(stack)), bm25_(bm25) {
    const auto state = stack_.state();
    if (!state->segments.empty()) last_ = state->segments.back()->file().info().last_sequence;
  }

  Result<void> append(std::span<const KeywordDocument> documents,
                      const Watermark& covered) override {
    MBE_TRY(check_all(documents, covered));
    while (!documents.empty()) {
      const auto batch = documents.first(std::min(documents.size(), batch_documents));
      documents = documents.subspan(batch.size());
      last_ = batch.back().sequence;
      MBE_TRY(stack_.push(KeywordSegment::build(batch)));
    }
    return stack_.finish(covered);
  }

  void remove(std::span<const std::uint64_t> sequences) override { stack_.remove(sequences); }
  Result<void> purge() override { return stack_.purge(); }
  Result<void> flush() override { return stack_.flush(); }
  void keep_private() override { stack_.keep_private(); }
  [[nodiscard]] Result<void> verify() const override { return stack_.verify(); }

  [[nodiscard]] std::shared_ptr<const KeywordSnapshot> snapshot() const override {
    return std::make_shared<SegmentedKeywordSnapshot>(stack_.state(), bm25_);
  }
  [[nodiscard]] std::optional<Watermark> covered() const override { return stack_.covered(); }
  [[nodiscard]] std::optional<Watermark> persisted() const override { return stack_.persisted(); }
  [[nodiscard]] std::uint64_t bytes_on_disk() const override { return stack_.bytes_on_disk(); }
  [[nodiscard]] std::uint64_t tail_documents() const override { return stack_.tail_items(); }

 private:
  [[nodiscard]] Result<void> check_all(std::span<const KeywordDocument> documents,
                                       const Watermark& covered) const {
    std::optional<std::uint64_t> last = last_;
    for (const KeywordDocument& document : documents) {
      if (last && document.sequence <= *last) {
        return fail(ErrorCode::invalid_argument,
                    "block {} comes after block {} in the keyword index; append in order",
                    document.sequence, *last);
      }
      if (document.sequence >= sequence_limit) {
        return fail(ErrorCode::limit, "block {} is over the index's limit of {}", document.sequence,
                    sequence_limit - 1);
      }
      MBE_TRY(check(document));
      last = document.sequence;
    }
    const bool steps_back = stack_.covered() && covered.sequence < stack_.covered()->sequence;
    if (steps_back || (last && covered.sequence < *last)) {
      return fail(ErrorCode::invalid_argument,
                  "the keyword index cannot step back to block {}; rebuild it", covered.sequence);
    }
    return {};
  }

  SegmentStack<KeywordSegment> stack_;
  Bm25 bm25_;
  std::optional<std::uint64_t> last_;
};

}  // namespace

Result<std::unique_ptr<KeywordIndex>> KeywordIndex::open(FileSystem& fs,
                                                         const std::string& directory, Bm25 bm25) {
  if (!(bm25.k1 > 0 && bm25.k1 <= 4 && bm25.b >= 0 && bm25.b <= 1)) {
    return fail(ErrorCode::invalid_argument, "BM25 constants k1 {} and b {} are out of range",
                bm25.k1, bm25.b);
  }
  MBE_ASSIGN(auto stack, SegmentStack<KeywordSegment>::open(fs, directory, limits));
  return std::unique_ptr<KeywordIndex>(
      std::make_unique<SegmentedKeywordIndex>(std::move(stack), bm25));
}

}  // namespace mbe
