// What every fuzzer of an import format checks: whatever the bytes, reading ends, and each item is
// one that a block can hold. For fuzzers alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/utf8.h"
#include "importers/reader.h"

namespace mbe::importers {

/// Reads the bytes as that format, to the end.
inline void read_anything(std::string_view text, Format format) {
  (void)detect_format(text, "talk");
  Settings settings;
  settings.zone = settings.wall_zone = Zone::fixed(540);
  settings.name = "talk";
  auto reader = make_reader(Input(std::make_unique<MemorySource>(text)), settings, format);
  MBE_ASSERT(reader.ok());
  std::size_t steps = 0;
  while (true) {
    const auto step = (*reader)->next();
    MBE_ASSERT(step.ok());
    if (!*step) break;
    MBE_ASSERT(++steps <= 8 * text.size() + 8);
    const auto* item = std::get_if<ImportItem>(&**step);
    if (item == nullptr) continue;
    MBE_ASSERT(!item->text.empty() && item->text.size() <= text_bytes_max);
    MBE_ASSERT(!first_invalid_utf8(item->text) && item->text.find('\0') == std::string::npos);
    for (const std::string* name : {&item->speaker, &item->session, &item->id}) {
      MBE_ASSERT(!first_invalid_utf8(*name));
      MBE_ASSERT(format == Format::jsonl || name->size() <= 512);  // the engine refuses longer ones
    }
    MBE_ASSERT(!item->id.empty());
  }
}

}  // namespace mbe::importers
