// Any bytes as claude: items that a block can hold, or places that cannot be read.
#include "importers/export_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mbe::importers::read_anything(text, mbe::importers::Format::claude);
  return 0;
}
