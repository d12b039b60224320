// Makes items of what a format's reader has understood: names, times, limits and ids are settled
// here, alike for every format. Invariant: the text of an item is one that a block can hold. One
// thread.
#pragma once

#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/datetime.h"
#include "importers/step.h"

namespace mbe::importers {

/// An utterance as a reader found it.
struct Said {
  std::string id;  ///< empty: made of the content
  std::string chat, speaker, text;
  std::optional<TimeMs> time_ms;
  std::string local_time;  ///< as the file writes it; part of an id made of the content
  std::string kind = "utterance";
  bool by_owner = false;  ///< the format says so
  std::uint64_t line = 0;
  std::size_t damaged = 0;  ///< bytes that were lost
};

class Emitter {
 public:
  Emitter(const Settings& settings, Format format) : settings_(settings), format_(format) {}

  /// An utterance: an item, several where a block cannot hold it, or nothing if it is empty.
  void say(Said said);
  /// An item that a format has made itself.
  void item(ImportItem item) { steps_.emplace_back(std::move(item)); }
  void unreadable(std::uint64_t line, Error reason) {
    steps_.emplace_back(Unreadable{{}, line, std::move(reason)});
  }
  /// Something that was read and is no memory.
  void leave_out(LeftOut why) { steps_.emplace_back(why); }

  [[nodiscard]] bool empty() const { return steps_.empty(); }
  /// The oldest step.
  [[nodiscard]] Step take();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  /// A day and a time of it where the file was written.
  [[nodiscard]] TimeMs local(const CivilDate& day, int second_of_day);

 private:
  [[nodiscard]] int offset_minutes(TimeMs time);
  [[nodiscard]] std::string id_of(const Said& said);
  [[nodiscard]] std::string speaker_of(const Said& said) const;

  Settings settings_;
  Format format_;
  std::deque<Step> steps_;
  std::optional<TimeMs> offset_hour_;
  int offset_ = 0;  ///< in that hour
  std::string seen_time_;
  std::unordered_map<std::string, unsigned> seen_;  ///< ids without an ordinal, at seen_time_
};

/// `PREFIX:` and 24 hexadecimal digits of the parts' SHA-256.
[[nodiscard]] std::string content_id(std::string_view prefix,
                                     std::initializer_list<std::string_view> parts);

}  // namespace mbe::importers
