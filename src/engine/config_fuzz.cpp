// Any bytes as config.toml: refused as an invalid argument, or within the documented ranges.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "engine/home.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view toml(reinterpret_cast<const char*>(data), size);
  const auto config = mbe::HomeConfig::parse(toml, "config.toml");
  if (!config.ok()) {
    MBE_ASSERT(config.error().code() == mbe::ErrorCode::invalid_argument);
    return 0;
  }
  constexpr mbe::TimeMs month_ms = 31LL * 24 * 60 * 60'000;
  MBE_ASSERT(config->short_term.ttl_ms > 0 && config->short_term.ttl_ms <= month_ms);
  MBE_ASSERT(config->short_term.turns_max >= 1 && config->short_term.turns_max <= 1'000);
  return 0;
}
