// Any bytes: the checker answers and stays inside them.
#include <cstddef>
#include <cstdint>

#include "embed/gguf_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto checked = mbe::check_gguf(bytes); checked.ok()) {
    MBE_ASSERT(checked->data_begin <= size);
  }
  return 0;
}
