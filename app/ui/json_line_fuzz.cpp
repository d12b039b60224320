// Whatever bytes come in as a line of an import, a query file or a plain text: an item or an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/utf8.h"
#include "ui/json_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mbe;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const Zone zone = Zone::fixed(540);
  const auto check = [](const auto& text) { MBE_ASSERT(app::check_text(text).ok()); };
  if (const auto item = app::parse_import_line(line, zone, ""); item) check(item->text);
  if (const auto item = app::parse_block_memory_line(line, zone, "main"); item) check(item->text);
  if (const auto query = app::parse_query_line(line, ""); query) check(query->text);
  if (const auto pair = app::parse_pair_line(line); pair) check(pair->text_a);
  if (const auto text = app::parse_text_line(line); text) check(text->text);
  return 0;
}
