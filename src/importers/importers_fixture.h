// Reads text as an export, for tests alone.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "importers/collection.h"

namespace mbe::importers {

/// Everything that came of a file.
struct ReadAll {
  std::vector<ImportItem> items;
  std::vector<Unreadable> unreadable;
  std::map<std::string, int> left_out;
  std::optional<Format> format;
};

/// Of one part at hand.
class TextParts final : public Parts {
 public:
  explicit TextParts(std::string_view text) : text_(text) {}
  std::size_t count() const override { return 1; }
  std::string name(std::size_t) const override { return {}; }
  std::optional<TimeMs> changed(std::size_t) const override { return std::nullopt; }
  std::uint64_t bytes_total() const override { return text_.size(); }
  Result<std::unique_ptr<ByteSource>> open(std::size_t) override {
    return std::unique_ptr<ByteSource>(std::make_unique<MemorySource>(text_));
  }

 private:
  std::string_view text_;
};

/// Reads to the end.
inline ReadAll drain(Collection& source) {
  ReadAll out;
  while (true) {
    auto step = source.next();
    if (!step.ok()) {
      out.unreadable.push_back({{}, 0, step.error()});
      break;
    }
    if (!*step) break;
    if (auto* item = std::get_if<ImportItem>(&**step)) out.items.push_back(std::move(*item));
    if (auto* one = std::get_if<Unreadable>(&**step)) out.unreadable.push_back(std::move(*one));
    if (const auto* why = std::get_if<LeftOut>(&**step)) {
      ++out.left_out[std::string(left_out_name(*why))];
    }
  }
  out.format = source.format();
  return out;
}

/// The text as a file of that name.
inline ReadAll read_all(std::string_view text, Settings settings = {}) {
  if (settings.name.empty()) settings.name = "talk.txt";
  Collection source(std::make_unique<TextParts>(text), std::move(settings));
  return drain(source);
}

/// Seoul's clock on the wall.
inline Settings seoul() {
  Settings out;
  out.zone = out.wall_zone = Zone::fixed(540);
  return out;
}

/// The time of an item; empty if it has none.
inline std::string when(const ImportItem& item) {
  return item.time_ms ? format_time(*item.time_ms) : "";
}

}  // namespace mbe::importers
