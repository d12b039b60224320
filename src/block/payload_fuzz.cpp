// Any bytes as a payload: it is refused, or writing it again gives the same bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "block/payload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto payload = mbe::parse_payload(bytes);
  if (payload.ok()) MBE_ASSERT(mbe::serialise(*payload) == bytes);
  return 0;
}
