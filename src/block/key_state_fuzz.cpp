// Any bytes as a key state: it is refused, or writing it again gives the same bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "block/key_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto state = mbe::parse_key_state(bytes);
  if (state.ok()) MBE_ASSERT(mbe::serialise_key_state(*state) == bytes);
  return 0;
}
