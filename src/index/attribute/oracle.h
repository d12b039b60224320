// The exact oracle of AttributeIndex: the same contract, every record looked at for every question,
// no files. For tests. One thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "index/attribute/index.h"

namespace mbe {

class AttributeOracle {
 public:
  /// As AttributeIndex::append, of one record; checks nothing.
  void append(AttributeRecord record) {
    for (auto* values : {&record.tags, &record.keywords}) {
      std::ranges::sort(*values);
      values->erase(std::unique(values->begin(), values->end()), values->end());
      std::erase(*values, "");
    }
    record.importance =
        static_cast<float>(static_cast<int>(record.importance * 1000 + 0.5f)) / 1000;
    const std::uint64_t sequence = record.sequence;
    records_[sequence] = std::move(record);
  }
  /// As AttributeIndex::set_flag; checks nothing.
  void set_flag(std::uint64_t sequence, Flag flag, bool value, std::uint64_t by) {
    changes_.push_back({sequence, flag, value, by});
  }
  /// As AttributeIndex::remove, of one sequence.
  void remove(std::uint64_t sequence) {
    records_.erase(sequence);
    std::erase_if(changes_, [&](auto& at) { return at.sequence == sequence || at.by == sequence; });
  }

  [[nodiscard]] const std::map<std::uint64_t, AttributeRecord>& records() const { return records_; }
  /// Whether the block carried the flag after block `until`. O(changes).
  [[nodiscard]] bool flagged(std::uint64_t sequence, Flag flag, std::uint64_t until) const {
    bool out = false;
    for (const Change& change : changes_) {
      if (change.sequence == sequence && change.flag == flag && change.by <= until) {
        out = change.value;
      }
    }
    return out;
  }
  /// As AttributeSnapshot::as_of, for recorded times that never fall.
  [[nodiscard]] std::optional<std::uint64_t> as_of(TimeMs time) const {
    std::optional<std::uint64_t> last;
    for (const auto& [sequence, record] : records_) {
      if (record.recorded_ms > time) break;
      last = sequence;
    }
    return last;
  }

  /// As AttributeSnapshot::select.
  [[nodiscard]] SequenceSet select(const AttributeFilter& filter) const {
    SequenceSet out;
    std::uint64_t until = filter.sequence_until.value_or(sequence_limit);
    if (filter.recorded_until_ms) {
      const auto last = as_of(*filter.recorded_until_ms);
      if (!last) return out;
      until = std::min(until, *last);
    }
    for (const auto& [sequence, record] : records_) {
      if (sequence <= until && passes(filter, record, until)) out.add(sequence);
    }
    return out;
  }

  /// As AttributeSnapshot::neighbours.
  [[nodiscard]] Neighbours neighbours(std::uint64_t sequence, std::size_t count) const {
    Neighbours out;
    const auto at = records_.find(sequence);
    if (at == records_.end() || at->second.session.empty()) return out;
    for (const auto& [other, record] : records_) {
      if (record.session != at->second.session) continue;
      if (other < sequence) out.before.insert(out.before.begin(), other);
      if (other > sequence) out.after.push_back(other);
    }
    if (out.before.size() > count) out.before.resize(count);
    if (out.after.size() > count) out.after.resize(count);
    return out;
  }

 private:
  struct Change {
    std::uint64_t sequence;
    Flag flag;
    bool value;
    std::uint64_t by;
  };
  template <class T>
  static bool among(const std::vector<T>& wanted, const T& value) {
    return wanted.empty() || std::ranges::count(wanted, value) > 0;
  }
  static bool meets(const std::vector<std::string>& wanted, const std::vector<std::string>& has) {
    return std::ranges::any_of(wanted, [&](auto& at) { return std::ranges::count(has, at) > 0; });
  }
  static bool covers(const std::vector<std::string>& wanted, const std::vector<std::string>& has) {
    return std::ranges::all_of(wanted, [&](auto& at) { return std::ranges::count(has, at) > 0; });
  }
  bool passes(const AttributeFilter& filter, const AttributeRecord& at, std::uint64_t until) const {
    const auto flag_holds = [&](Flag flag) { return flagged(at.sequence, flag, until); };
    return (filter.any_tags.empty() || meets(filter.any_tags, at.tags)) &&
           covers(filter.all_tags, at.tags) && !meets(filter.no_tags, at.tags) &&
           (filter.any_keywords.empty() || meets(filter.any_keywords, at.keywords)) &&
           covers(filter.all_keywords, at.keywords) && among(filter.speakers, at.speaker) &&
           among(filter.sessions, at.session) && among(filter.sources, at.source) &&
           among(filter.channels, at.channel) && among(filter.writers, at.writer) &&
           among(filter.kinds, at.kind) && among(filter.trusts, at.trust) &&
           at.importance >= filter.importance_min - 0.0004f &&
           (!filter.from_ms || at.time_ms() >= *filter.from_ms) &&
           (!filter.until_ms || at.time_ms() <= *filter.until_ms) &&
           (!filter.from_day || at.day >= *filter.from_day) &&
           (!filter.until_day || at.day <= *filter.until_day) &&
           std::ranges::all_of(filter.with_flags, flag_holds) &&
           std::ranges::none_of(filter.without_flags, flag_holds);
  }

  std::map<std::uint64_t, AttributeRecord> records_;
  std::vector<Change> changes_;
};

}  // namespace mbe
