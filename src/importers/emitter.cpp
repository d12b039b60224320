#include "importers/emitter.h"

#include <algorithm>

#include "base/digest.h"
#include "base/utf8.h"

namespace mbe::importers {

namespace {

constexpr std::size_t name_bytes_max = 500;  // of a speaker, a session, a source; below the limit
constexpr std::size_t id_digits = 24;
constexpr TimeMs minute_ms = 60'000;
constexpr TimeMs hour_ms = 60 * minute_ms;
constexpr std::string_view origin_chain = "main";
constexpr std::string_view origin_speaker = "오리진";  // as src/echo/answer.cpp writes it
constexpr std::string_view person_prefix = "person:";

std::string bounded(std::string_view name) {
  std::string out(utf8_prefix(name, name_bytes_max));
  std::replace_if(out.begin(), out.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin + 1);
}

/// The longest part that fits a block, cut behind a line where there is one in its second half.
std::string_view part_of(std::string_view text) {
  if (text.size() <= text_bytes_max) return text;
  const std::string_view part = utf8_prefix(text, text_bytes_max);
  const std::size_t line = part.rfind('\n');
  return line == std::string_view::npos || line < part.size() / 2 ? part : part.substr(0, line);
}

}  // namespace

std::string_view left_out_name(LeftOut why) {
  constexpr std::string_view names[] = {"system", "placeholder",     "other_branch", "tool",
                                        "hidden", "not_to_remember", "empty"};
  return names[static_cast<std::size_t>(why)];
}

std::string owner_speaker(std::string_view chain) {
  if (chain.empty() || chain == origin_chain) return std::string(origin_speaker);
  if (!chain.starts_with(person_prefix)) return {};
  return std::string(chain.substr(person_prefix.size()));
}

std::string content_id(std::string_view prefix, std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    joined += part;
    joined += '\n';
  }
  return std::string(prefix) + ":" + to_hex(view(sha256(joined))).substr(0, id_digits);
}

int Emitter::offset_minutes(TimeMs time) {
  const TimeMs hour = time / hour_ms;
  if (offset_hour_ != hour) {
    offset_hour_ = hour;
    offset_ = settings_.zone.offset_minutes(time);
  }
  return offset_;
}

TimeMs Emitter::local(const CivilDate& day, int second_of_day) {
  const TimeMs as_utc = (days_from_civil(day) * 86'400 + second_of_day) * 1'000;
  const TimeMs guess = as_utc - offset_minutes(as_utc) * minute_ms;
  return as_utc - offset_minutes(guess) * minute_ms;
}

/// Where an export names nothing, content does; the same words again at the same time are counted.
std::string Emitter::id_of(const Said& said) {
  if (!said.id.empty()) return said.id;
  if (seen_time_ != said.local_time) {
    seen_.clear();
    seen_time_ = said.local_time;
  }
  const std::string id =
      content_id(format_name(format_), {said.chat, said.local_time, said.speaker, said.text});
  const unsigned ordinal = ++seen_[id];
  return ordinal == 1 ? id : id + "#" + std::to_string(ordinal);
}

std::string Emitter::speaker_of(const Said& said) const {
  const bool mine = said.by_owner || (!settings_.me.empty() && said.speaker == settings_.me);
  if (!mine) return said.speaker;
  if (!settings_.owner.empty()) return settings_.owner;
  return settings_.me.empty() ? said.speaker : settings_.me;
}

void Emitter::say(Said said) {
  if (said.damaged > 0) {
    unreadable(said.line,
               fail(ErrorCode::invalid_argument,
                    "{} bytes belong to no character; the rest of it is kept", said.damaged));
  }
  std::erase(said.text, '\0');  // JSON can say it, a block cannot hold it
  std::string_view text = trimmed(said.text);
  if (text.find_first_not_of(" \t") == std::string_view::npos) return leave_out(LeftOut::empty);
  ImportItem item;
  item.chain = settings_.chain.empty() ? std::string(origin_chain) : settings_.chain;
  item.speaker = bounded(speaker_of(said));
  item.session = bounded(said.chat);
  item.time_ms = said.time_ms;
  item.kind = said.kind;
  item.line = said.line;
  if (said.time_ms) item.utc_offset_minutes = offset_minutes(*said.time_ms);
  const std::string id = bounded(id_of(said));
  for (unsigned part = 1; !text.empty(); ++part) {
    const std::string_view head = part_of(text);
    text.remove_prefix(head.size());
    item.text = head;
    item.id = part == 1 ? id : id + "/" + std::to_string(part);
    if (head.find_first_not_of(" \t\r\n") != std::string_view::npos) steps_.emplace_back(item);
  }
}

Step Emitter::take() {
  Step out = std::move(steps_.front());
  steps_.pop_front();
  return out;
}

}  // namespace mbe::importers
