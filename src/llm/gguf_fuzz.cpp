// Any bytes: the reader answers, and what it lets pass lies inside them.
#include <cstddef>
#include <cstdint>

#include "llm/gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto header = mbe::read_gguf(bytes); header.ok()) {
    MBE_ASSERT(header->data_begin <= size);
    for (const mbe::GgufTensor& tensor : header->tensors) {
      MBE_ASSERT(tensor.offset + tensor.bytes <= size - header->data_begin);
    }
  }
  return 0;
}
