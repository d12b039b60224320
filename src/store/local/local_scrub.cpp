// Scrubbing closed segments, and checking the bytes of all of them.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "store/local/local_store.h"

namespace mbe {

namespace {

constexpr unsigned hold_lock = 0;

Error left_over(const std::string& path, std::uint64_t offset) {
  return fail(ErrorCode::corrupt, "{} holds bytes from {} on that belong to no block", path,
              offset);
}

Error cut_off(const std::string& path, std::uint64_t offset) {
  return fail(ErrorCode::corrupt,
              "{} holds bytes from {} on behind the newest acknowledged block: an append that was "
              "cut off; the next command that writes sets them aside",
              path, offset);
}

}  // namespace

Result<void> LocalStore::scrub(std::span<const SequenceRange> ranges) {
  if (options_.read_only || damage()) {
    return fail(ErrorCode::denied, "the log in {} cannot be changed", options_.directory);
  }
  const Leadership leader(*this);
  MBE_ASSIGN(const LogLock lock, LogLock::acquire(*this));
  MBE_TRY(catch_up());
  std::map<std::uint32_t, std::vector<std::uint64_t>> by_segment;
  const Tail now = tail();
  for (const SequenceRange& range : ranges) {
    for (std::uint64_t at = range.first; at <= range.last && at < now.count; ++at) {
      MBE_ASSIGN(const std::string_view line, read(at));
      const Result<LineParts> parts = split_line(line);
      const bool blank =
          !parts.ok() || parts->sealed.find_first_not_of(scrubbed) == std::string_view::npos;
      if (!blank) by_segment[Place(places_.load(at)).segment()].push_back(at);
    }
  }
  if (by_segment.contains(now.segment)) {
    MBE_TRY(rotate());
    Tail next = now;
    next.segment = active_number_;
    next.offset = 0;
    next.synced = next.count;
    MBE_TRY(write_head(next));
    Followed moved;
    moved.tail = next;
    publish(next, moved);
  }
  for (const auto& [number, sequences] : by_segment) MBE_TRY(scrub_segment(number, sequences));
  return {};
}

// A copy of the same length, so that every place stays; the old bytes go with the old file.
Result<void> LocalStore::scrub_segment(std::uint32_t number,
                                       const std::vector<std::uint64_t>& sequences) {
  MBE_ASSIGN(const std::string_view bytes, segments_.rest(number, 0));
  std::string copy(bytes);
  for (const std::uint64_t sequence : sequences) {
    const Place place(places_.load(sequence));
    const std::string blank = scrub_line(bytes.substr(place.offset(), place.length()));
    const Result<CheckedLine> checked = check_line(blank);
    MBE_ASSERT(checked.ok() && checked->header.sequence == sequence);
    copy.replace(place.offset(), place.length(), blank);
  }
  MBE_TRY(replace_file(options_.files, segments_.path(number), copy));
  segments_.replaced(number);
  return {};
}

Result<void> LocalStore::verify(const VisitLine& visit) const {
  MBE_ASSIGN(const std::vector<std::string> names,
             options_.files.list(options_.directory + "/log"));
  for (const std::string& name : names) {
    if (name != "head" && name != "lock" && !segment_number(name)) {
      return fail(ErrorCode::corrupt, "{} is no part of a log", log_path(name));
    }
  }
  MBE_ASSIGN(const std::vector<std::uint32_t> numbers,
             list_segments(options_.files, options_.directory + "/log"));
  // A writer may be at work: what lies behind the head is its business unless nobody holds the log.
  MBE_ASSIGN(const std::optional<Tail> head, read_head());
  std::uint64_t sequence = 0;
  for (const std::uint32_t number : numbers) {
    MBE_ASSIGN(std::string_view rest, segments_.rest(number, 0));
    std::uint64_t offset = 0;
    while (!rest.empty() && !(head && sequence >= head->count)) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) return left_over(segments_.path(number), offset);
      if (!visit(sequence, rest.substr(0, end + 1))) return {};
      rest.remove_prefix(end + 1);
      offset += end + 1;
      ++sequence;
    }
    if (!rest.empty()) MBE_TRY(check_behind_head(number, offset, *head));
  }
  return check_head(head, sequence);
}

Result<void> LocalStore::check_behind_head(std::uint32_t number, std::uint64_t offset,
                                           const Tail& head) const {
  MBE_ASSIGN(const std::optional<Tail> newer, read_head());
  if (newer && *newer != head) return {};
  const Result<std::unique_ptr<File>> file = options_.files.open(log_path("lock"), OpenMode::write);
  if (!file.ok()) return cut_off(segments_.path(number), offset);
  const Result<bool> mine = (*file)->try_lock(hold_lock);
  const bool at_work = mine.ok() && !*mine;
  if (at_work) return {};
  MBE_ASSIGN(const std::optional<Tail> newest, read_head());
  if (newest && *newest != head) return {};
  return cut_off(segments_.path(number), offset);
}

Result<void> LocalStore::check_head(const std::optional<Tail>& head, std::uint64_t visited) const {
  if (!head) {
    return fail(ErrorCode::corrupt, "{} is damaged or missing; open the chain to repair it",
                log_path("head"));
  }
  if (visited != head->count) {
    return fail(ErrorCode::corrupt, "{} names {} blocks, the log holds {}", log_path("head"),
                head->count, visited);
  }
  const Place place(places_.load(head->count - 1));
  MBE_ASSIGN(const std::string_view line, segments_.view(place));
  const Result<CheckedLine> checked = check_header(line);
  if (checked.ok() && checked->hash == head->hash) return {};
  return fail(ErrorCode::corrupt, "{} names another newest block than the log", log_path("head"));
}

}  // namespace mbe
