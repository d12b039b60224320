// Any bytes as a point of time: nothing, or a time whose written form reads back as the same.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/datetime.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const int offset_minutes = (data[0] - 128) * 6;
  const auto time = mbe::parse_time(text, offset_minutes);
  if (!time) return 0;
  MBE_ASSERT(mbe::parse_time(mbe::format_time(*time)) == time);
  (void)mbe::format_date(*time, offset_minutes);
  return 0;
}
