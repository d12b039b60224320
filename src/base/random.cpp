#include "base/random.h"

#include <sodium.h>

namespace mbe {

Bytes32 random_bytes32() {
  Bytes32 out{};
  randombytes_buf(out.data(), out.size());
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

}  // namespace mbe
