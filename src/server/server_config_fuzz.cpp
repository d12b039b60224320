// Any bytes as server.toml: refused as an invalid argument or a limit, or within the documented
// ranges.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "server/server_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view toml(reinterpret_cast<const char*>(data), size);
  const auto config = mbe::ServerConfig::parse(toml, "server.toml");
  if (!config.ok()) {
    MBE_ASSERT(config.error().code() == mbe::ErrorCode::invalid_argument);
    return 0;
  }
  MBE_ASSERT(config->port <= UINT16_MAX && config->threads >= 1 && config->threads <= 256);
  MBE_ASSERT(config->body_bytes_max >= 1'024 && config->body_bytes_max <= 1'000'000'000);
  MBE_ASSERT(config->host_names.size() <= 100);
  return 0;
}
