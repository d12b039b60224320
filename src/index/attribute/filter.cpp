#include <algorithm>

#include "index/attribute/snapshot.h"

namespace mbe {
namespace {

/// Narrows the sequences of one segment condition by condition.
class Narrowing {
 public:
  explicit Narrowing(const AttributeSegment& segment) : segment_(segment), left_(segment.all()) {}

  Result<void> any(Field field, std::span<const std::string> values) {
    if (values.empty() || left_.empty()) return {};
    MBE_ASSIGN(const SequenceSet wanted, united(field, values));
    left_ &= wanted;
    return {};
  }
  Result<void> every(Field field, std::span<const std::string> values) {
    for (const std::string& value : values) MBE_TRY(any(field, std::span(&value, 1)));
    return {};
  }
  Result<void> none(Field field, std::span<const std::string> values) {
    if (values.empty() || left_.empty()) return {};
    MBE_ASSIGN(const SequenceSet unwanted, united(field, values));
    left_ -= unwanted;
    return {};
  }
  Result<void> range(const AttributeFilter& filter);
  [[nodiscard]] SequenceSet take() { return std::move(left_); }

 private:
  Result<SequenceSet> united(Field field, std::span<const std::string> values) const {
    SequenceSet out;
    for (const std::string& value : values) {
      MBE_ASSIGN(const SequenceSet with, segment_.with_key(value_key(field, value)));
      out |= with;
    }
    return out;
  }
  const AttributeSegment& segment_;
  SequenceSet left_;
};

std::uint16_t thousandths(float importance) {
  return static_cast<std::uint16_t>(std::clamp(importance, 0.0f, 1.1f) * 1000 + 0.5f);
}

bool passes(const AttributeFilter& filter, std::uint16_t importance_min, const RecordNumbers& at) {
  return (!filter.from_ms || at.time_ms() >= *filter.from_ms) &&
         (!filter.until_ms || at.time_ms() <= *filter.until_ms) &&
         (!filter.from_day || at.day >= *filter.from_day) &&
         (!filter.until_day || at.day <= *filter.until_day) && at.importance >= importance_min;
}

// By the segment's bounds alone: true, all pass; false, none; nothing: look at each.
std::optional<bool> passes_whole(const AttributeFilter& filter, std::uint16_t importance_min,
                                 const RecordBounds& at) {
  if ((filter.from_ms && at.time_max < *filter.from_ms) ||
      (filter.until_ms && at.time_min > *filter.until_ms) ||
      (filter.from_day && at.day_max < *filter.from_day) ||
      (filter.until_day && at.day_min > *filter.until_day) || at.importance_max < importance_min) {
    return false;
  }
  const bool all = (!filter.from_ms || at.time_min >= *filter.from_ms) &&
                   (!filter.until_ms || at.time_max <= *filter.until_ms) &&
                   (!filter.from_day || at.day_min >= *filter.from_day) &&
                   (!filter.until_day || at.day_max <= *filter.until_day) &&
                   at.importance_min >= importance_min;
  return all ? std::optional(true) : std::nullopt;
}

Result<void> Narrowing::range(const AttributeFilter& filter) {
  const std::uint16_t importance_min = thousandths(filter.importance_min);
  const std::optional<bool> whole = passes_whole(filter, importance_min, segment_.bounds());
  if (whole == true || left_.empty()) return {};
  if (whole == false) {
    left_ = SequenceSet{};
    return {};
  }
  MBE_ASSIGN(const std::span<const RecordNumbers> numbers, segment_.all_numbers());
  std::vector<std::uint64_t> passed;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (passes(filter, importance_min, numbers[i])) passed.push_back(segment_.sequences()[i]);
  }
  left_ &= SequenceSet(passed);
  return {};
}

}  // namespace

Result<SequenceSet> select_in(const AttributeSegment& segment, const AttributeFilter& filter) {
  std::vector<std::string> kind_names;
  for (const Kind kind : filter.kinds) kind_names.emplace_back(kind_name(kind));
  std::vector<std::string> trust_names;
  for (const Trust trust : filter.trusts) trust_names.emplace_back(trust_name(trust));
  Narrowing left(segment);
  MBE_TRY(left.any(Field::tag, filter.any_tags));
  MBE_TRY(left.every(Field::tag, filter.all_tags));
  MBE_TRY(left.none(Field::tag, filter.no_tags));
  MBE_TRY(left.any(Field::keyword, filter.any_keywords));
  MBE_TRY(left.every(Field::keyword, filter.all_keywords));
  MBE_TRY(left.any(Field::speaker, filter.speakers));
  MBE_TRY(left.any(Field::session, filter.sessions));
  MBE_TRY(left.any(Field::source, filter.sources));
  MBE_TRY(left.any(Field::channel, filter.channels));
  MBE_TRY(left.any(Field::writer, filter.writers));
  MBE_TRY(left.any(Field::kind, kind_names));
  MBE_TRY(left.any(Field::trust, trust_names));
  MBE_TRY(left.range(filter));
  return left.take();
}

}  // namespace mbe
