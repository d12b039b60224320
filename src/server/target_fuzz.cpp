// The target of a request: what is taken is a path of valid text.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/utf8.h"
#include "server/http.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mbe::HttpRequest request;
  if (!mbe::read_target({reinterpret_cast<const char*>(data), size}, request)) return 0;
  MBE_ASSERT(request.path.starts_with('/') && !mbe::first_invalid_utf8(request.path));
  for (const auto& [name, value] : request.query) {
    MBE_ASSERT(!mbe::first_invalid_utf8(name) && !mbe::first_invalid_utf8(value));
  }
  return 0;
}
