#include "index/attribute/index.h"

#include <algorithm>

#include "index/attribute/flags.h"
#include "index/attribute/segment.h"
#include "index/attribute/snapshot.h"
#include "index/common/segment_stack.h"

namespace mbe {
namespace {

constexpr SegmentLimits limits{.items_max = records_per_segment_max, .tail_max = 8192};
constexpr std::size_t batch_records = 8192;

Result<void> check_text(const AttributeRecord& record, const std::string& value) {
  if (value.size() <= attribute_bytes_max) return {};
  return fail(ErrorCode::limit, "block {} has an attribute of {} bytes, over the limit of {}",
              record.sequence, value.size(), attribute_bytes_max);
}

Result<void> check(const AttributeRecord& record) {
  if (record.sequence >= sequence_limit) {
    return fail(ErrorCode::limit, "block {} is over the index's limit of {}", record.sequence,
                sequence_limit - 1);
  }
  if (!(record.importance >= 0 && record.importance <= 1)) {
    return fail(ErrorCode::invalid_argument, "block {} has importance {}, outside 0 … 1",
                record.sequence, record.importance);
  }
  if (std::max(record.tags.size(), record.keywords.size()) > attribute_values_max) {
    return fail(ErrorCode::limit, "block {} has more than {} tags or keywords", record.sequence,
                attribute_values_max);
  }
  for (const auto* value :
       {&record.speaker, &record.session, &record.source, &record.channel, &record.writer}) {
    MBE_TRY(check_text(record, *value));
  }
  for (const auto* values : {&record.tags, &record.keywords}) {
    for (const std::string& value : *values) MBE_TRY(check_text(record, value));
  }
  return {};
}

class SegmentedAttributeIndex final : public AttributeIndex {
 public:
  SegmentedAttributeIndex(SegmentStack<AttributeSegment> stack, FlagHistory flags)
      : stack_(std::move(stack)), flags_(std::make_shared<FlagHistory>(std::move(flags))) {
    const auto state = stack_.state();
    if (!state->segments.empty()) last_ = state->segments.back()->file().info().last_sequence;
  }

  Result<void> append(std::span<const AttributeRecord> records, const Watermark& covered) override {
    MBE_TRY(check_all(records, covered));
    while (!records.empty()) {
      const auto batch = records.first(std::min(records.size(), batch_records));
      records = records.subspan(batch.size());
      last_ = batch.back().sequence;
      MBE_TRY(stack_.push(AttributeSegment::build(batch)));
    }
    stack_.set_extra(flags_->serialise());
    return stack_.finish(covered);
  }

  Result<void> set_flag(std::uint64_t sequence, Flag flag, bool value, std::uint64_t by) override {
    if (sequence >= sequence_limit || by >= sequence_limit) {
      return fail(ErrorCode::limit, "block {} is over the index's limit of {}",
                  std::max(sequence, by), sequence_limit - 1);
    }
    if (by < flags_->last_by().value_or(0)) {
      return fail(ErrorCode::invalid_argument,
                  "a flag set by block {} comes after one by block {}; apply them in order", by,
                  *flags_->last_by());
    }
    change_flags([&](FlagHistory& flags) { flags.add(sequence, flag, value, by); });
    return {};
  }

  void remove(std::span<const std::uint64_t> sequences) override {
    stack_.remove(sequences);
    SequenceSet gone;
    for (const std::uint64_t sequence : sequences) {
      if (sequence < sequence_limit) gone.add(sequence);
    }
    change_flags([&](FlagHistory& flags) { flags.remove(gone); });
  }
  Result<void> purge() override {
    stack_.set_extra(flags_->serialise());
    return stack_.purge();
  }
  Result<void> flush() override {
    stack_.set_extra(flags_->serialise());
    return stack_.flush();
  }
  void keep_private() override { stack_.keep_private(); }
  [[nodiscard]] Result<void> verify() const override { return stack_.verify(); }

  [[nodiscard]] std::shared_ptr<const AttributeSnapshot> snapshot() const override {
    const std::scoped_lock lock(mutex_);
    return std::make_shared<SegmentedAttributeSnapshot>(stack_.state(), flags_);
  }
  [[nodiscard]] std::optional<Watermark> covered() const override { return stack_.covered(); }
  [[nodiscard]] std::optional<Watermark> persisted() const override { return stack_.persisted(); }
  [[nodiscard]] std::uint64_t bytes_on_disk() const override { return stack_.bytes_on_disk(); }
  [[nodiscard]] std::uint64_t tail_records() const override { return stack_.tail_items(); }

 private:
  [[nodiscard]] Result<void> check_all(std::span<const AttributeRecord> records,
                                       const Watermark& covered) const {
    std::optional<std::uint64_t> last = last_;
    for (const AttributeRecord& record : records) {
      if (last && record.sequence <= *last) {
        return fail(ErrorCode::invalid_argument,
                    "block {} comes after block {} in the attribute index; append in order",
                    record.sequence, *last);
      }
      MBE_TRY(check(record));
      last = record.sequence;
    }
    const bool steps_back = stack_.covered() && covered.sequence < stack_.covered()->sequence;
    if (steps_back || (last && covered.sequence < *last)) {
      return fail(ErrorCode::invalid_argument,
                  "the attribute index cannot step back to block {}; rebuild it", covered.sequence);
    }
    return {};
  }

  // Snapshots hold the old history; a changed copy takes its place.
  template <class Change>
  void change_flags(const Change& change) {
    auto next = std::make_shared<FlagHistory>(*flags_);
    change(*next);
    const std::scoped_lock lock(mutex_);
    flags_ = std::move(next);
  }

  SegmentStack<AttributeSegment> stack_;
  mutable std::mutex mutex_;
  std::shared_ptr<const FlagHistory> flags_;
  std::optional<std::uint64_t> last_;
};

}  // namespace

Result<std::unique_ptr<AttributeIndex>> AttributeIndex::open(FileSystem& fs,
                                                             const std::string& directory) {
  MBE_ASSIGN(auto stack, SegmentStack<AttributeSegment>::open(fs, directory, limits));
  std::optional<FlagHistory> flags = FlagHistory::parse(stack.extra());
  if (!flags) {
    return fail(ErrorCode::corrupt,
                "index file {} is damaged ({}); delete the index and rebuild it",
                directory + "/manifest", "flags");
  }
  // A purge writes the history as it is, the watermark as it was: what lies above comes again.
  const auto& persisted = stack.persisted();
  flags->cut_above(persisted ? std::optional(persisted->sequence) : std::nullopt);
  return std::unique_ptr<AttributeIndex>(
      std::make_unique<SegmentedAttributeIndex>(std::move(stack), *std::move(flags)));
}

}  // namespace mbe
