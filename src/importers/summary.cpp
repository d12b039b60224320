#include "importers/summary.h"

#include <algorithm>

#include "base/utf8.h"

namespace mbe::importers {

namespace {

constexpr std::size_t names_max = 10'000;

void count(std::map<std::string, std::uint64_t>& names, const std::string& name) {
  const auto found = names.find(name);
  if (found != names.end()) {
    ++found->second;
  } else if (names.size() < names_max) {
    names.emplace(name, 1);
  }
}

}  // namespace

void Summary::add(const Step& step) {
  if (const auto* why = std::get_if<LeftOut>(&step)) {
    ++left_out_[std::string(left_out_name(*why))];
    return;
  }
  if (std::holds_alternative<Unreadable>(step)) {
    ++unreadable_;
    return;
  }
  const ImportItem& item = std::get<ImportItem>(step);
  ++items_;
  ++kinds_[item.kind];
  if (!item.speaker.empty()) count(speakers_, item.speaker);
  count(chats_, item.session);
  if (item.time_ms) {
    first_ms_ = std::min(first_ms_.value_or(*item.time_ms), *item.time_ms);
    last_ms_ = std::max(last_ms_.value_or(*item.time_ms), *item.time_ms);
  } else {
    ++undated_;
  }
  if (samples_.size() == samples_max) return;
  samples_.push_back(item);
  samples_.back().text = utf8_prefix(item.text, sample_bytes_max);
}

std::vector<std::pair<std::string, std::uint64_t>> Summary::speakers(std::size_t count) const {
  std::vector<std::pair<std::string, std::uint64_t>> out(speakers_.begin(), speakers_.end());
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (out.size() > count) out.resize(count);
  return out;
}

}  // namespace mbe::importers
