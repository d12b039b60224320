#include "index/attribute/flags.h"

#include "index/common/encoding.h"

namespace mbe {
namespace {

constexpr std::size_t change_bytes = 10;

void set(SequenceSet& set, std::uint64_t sequence, bool value) {
  if (value) {
    set.add(sequence);
  } else {
    set.remove(sequence);
  }
}

}  // namespace

void FlagHistory::apply(const Change& change) {
  changes_.push_back(change);
  set(now_[static_cast<std::size_t>(change.flag)], change.sequence, change.value);
}

void FlagHistory::add(std::uint64_t sequence, Flag flag, bool value, std::uint64_t by) {
  MBE_ASSERT(sequence < sequence_limit && by < sequence_limit && by >= last_by().value_or(0));
  apply({.sequence = static_cast<std::uint32_t>(sequence),
         .by = static_cast<std::uint32_t>(by),
         .flag = flag,
         .value = value});
}

void FlagHistory::remove(const SequenceSet& sequences) {
  FlagHistory kept;
  for (const Change& change : changes_) {
    if (!sequences.contains(change.sequence) && !sequences.contains(change.by)) kept.apply(change);
  }
  *this = std::move(kept);
}

void FlagHistory::cut_above(std::optional<std::uint64_t> by) {
  FlagHistory kept;
  for (const Change& change : changes_) {
    if (by && change.by <= *by) kept.apply(change);
  }
  *this = std::move(kept);
}

std::optional<std::uint64_t> FlagHistory::last_by() const {
  if (changes_.empty()) return std::nullopt;
  return changes_.back().by;
}

SequenceSet FlagHistory::at(Flag flag, std::uint64_t by) const {
  SequenceSet out;
  for (const Change& change : changes_) {
    if (change.by > by) break;
    if (change.flag == flag) set(out, change.sequence, change.value);
  }
  return out;
}

std::string FlagHistory::serialise() const {
  std::string out;
  for (const Change& change : changes_) {
    append_number(out, change.sequence);
    append_number(out, change.by);
    append_number(out, static_cast<std::uint8_t>(change.flag));
    append_number(out, static_cast<std::uint8_t>(change.value));
  }
  return out;
}

std::optional<FlagHistory> FlagHistory::parse(std::string_view bytes) {
  if (bytes.size() % change_bytes != 0) return std::nullopt;
  FlagHistory out;
  ByteReader reader(bytes);
  while (reader.left() > 0) {
    const auto sequence = reader.number<std::uint32_t>();
    const auto by = reader.number<std::uint32_t>();
    const auto flag = reader.number<std::uint8_t>();
    const auto value = reader.number<std::uint8_t>();
    if (flag >= flag_count || value > 1 || by < out.last_by().value_or(0)) return std::nullopt;
    out.add(sequence, static_cast<Flag>(flag), value == 1, by);
  }
  return out;
}

}  // namespace mbe
