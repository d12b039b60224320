// One utterance of a plain text file: any valid UTF-8 gives an item whose text is part of the line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/utf8.h"
#include "import_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mbe;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  (void)app::detect_format(line);
  if (first_invalid_utf8(line)) return 0;
  const ImportItem item = app::parse_text_utterance(line, app::Zone::fixed(540));
  MBE_ASSERT(line.ends_with(item.text));
  MBE_ASSERT(!first_invalid_utf8(item.text));
  MBE_ASSERT(!first_invalid_utf8(item.speaker));
  return 0;
}
