// Any bytes as a request of each wire: refused, or every byte of it stands in what goes on, around
// what was put in.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "proxy/json_span.h"
#include "proxy/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  for (const mbe::Wire wire : {mbe::Wire::chat, mbe::Wire::responses, mbe::Wire::messages}) {
    const auto request = mbe::read_request(wire, body);
    if (!request.ok()) continue;
    const std::string out = mbe::with_memory(*request, body, "memory \"\\\n");
    if (!request->newest) {
      MBE_ASSERT(out == body);
      continue;
    }
    const std::size_t at = request->offset;
    MBE_ASSERT(at <= body.size() && out.size() > body.size());
    MBE_ASSERT(out.substr(0, at) == body.substr(0, at));
    MBE_ASSERT(out.ends_with(body.substr(at)));
    MBE_ASSERT(mbe::check_json(out).ok());
    MBE_ASSERT(mbe::check_json(mbe::with_model(*request, out, "m")).ok());
  }
  return 0;
}
