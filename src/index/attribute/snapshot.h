// The view that AttributeIndex publishes; see index.h for the contract.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/attribute/flags.h"
#include "index/attribute/segment.h"
#include "index/common/segment_stack.h"

namespace mbe {

class SegmentedAttributeSnapshot final : public AttributeSnapshot {
 public:
  using State = SegmentStack<AttributeSegment>::State;
  SegmentedAttributeSnapshot(std::shared_ptr<const State> state,
                             std::shared_ptr<const FlagHistory> flags)
      : state_(std::move(state)), flags_(std::move(flags)) {}

  [[nodiscard]] Result<SequenceSet> select(const AttributeFilter& filter) const override;
  [[nodiscard]] Result<std::optional<AttributeRecord>> record(
      std::uint64_t sequence) const override;
  [[nodiscard]] Result<void> each_record(
      std::span<const std::uint64_t> sequences,
      const std::function<void(const AttributeRecord&)>& visit) const override;
  [[nodiscard]] Result<std::vector<std::optional<Numbers>>> numbers(
      std::span<const std::uint64_t> sequences) const override;
  [[nodiscard]] Result<SequenceSet> with_value(Field field, std::string_view value) const override;
  [[nodiscard]] Result<std::vector<ValueCount>> values(Field field) const override;
  [[nodiscard]] Result<Neighbours> neighbours(std::uint64_t sequence,
                                              std::size_t count) const override;
  [[nodiscard]] Result<std::vector<std::optional<AttributeTurn>>> turns(
      std::span<const std::uint64_t> sequences, std::size_t count) const override;
  [[nodiscard]] Result<std::optional<std::uint64_t>> as_of(TimeMs time) const override;
  [[nodiscard]] SequenceSet flagged(Flag flag) const override { return flags_->now(flag); }
  [[nodiscard]] SequenceSet flagged(Flag flag, std::uint64_t sequence_until) const override {
    return flags_->at(flag, sequence_until);
  }
  [[nodiscard]] SequenceSet all() const override;
  [[nodiscard]] std::uint64_t record_count() const override { return all().size(); }

 private:
  struct Place {
    std::size_t segment;
    std::uint32_t record;
  };
  [[nodiscard]] std::optional<Place> find(std::uint64_t sequence) const;
  /// Keys of one segment that were read, by their numbers in its dictionary.
  using ReadKeys = std::unordered_map<std::uint32_t, std::string>;
  [[nodiscard]] Result<void> read(std::uint64_t sequence, const Place& place, ReadKeys& keys,
                                  AttributeRecord& out) const;

  std::shared_ptr<const State> state_;
  std::shared_ptr<const FlagHistory> flags_;
};

/// What of one segment passes a filter's conditions on values and numbers (not flags, not as-of).
[[nodiscard]] Result<SequenceSet> select_in(const AttributeSegment& segment,
                                            const AttributeFilter& filter);

}  // namespace mbe
