#include "engine/imported_ids.h"

namespace mbe {

namespace {

/// One look-up costs as much as reading some sixteen ids one after the other.
constexpr std::uint64_t ids_read_a_lookup = 16;
constexpr std::uint64_t ids_held_max = 2'000'000;  ///< some 200 MB

}  // namespace

Result<void> ImportedIds::read_index() {
  const std::uint64_t head = memory_.chain->head().sequence;  // before the indexes follow it
  MBE_ASSIGN(indexes_, memory_.current());
  const std::uint64_t there = indexes_.attributes->record_count();
  holds_all_ = there <= ids_held_max && there / ids_read_a_lookup <= expected_;
  if (!holds_all_) return {};
  next_ = head + 1;
  MBE_ASSIGN(auto values, indexes_.attributes->values(Field::source));
  indexes_ = {};
  ids_.reserve(ids_.size() + values.size());
  for (ValueCount& one : values) ids_.insert(std::move(one.value));
  return {};
}

Result<void> ImportedIds::follow() {
  if (!holds_all_) return read_index();
  MBE_TRY(memory_.chain->refresh());
  for (const std::uint64_t head = memory_.chain->head().sequence; next_ <= head; ++next_) {
    if (own_.contains(next_)) continue;
    MBE_ASSIGN(const Block block, memory_.chain->read(next_));
    const bool named = block.state == BlockState::ok && !block.payload.source.empty();
    if (named) ids_.insert(block.payload.source);
  }
  own_ = {};
  return {};
}

Result<bool> ImportedIds::contains_or_add(const std::string& id) {
  if (!ids_.insert(id).second) return true;
  if (holds_all_) return false;
  MBE_ASSIGN(const SequenceSet there, indexes_.attributes->with_value(Field::source, id));
  return !there.empty();
}

}  // namespace mbe
