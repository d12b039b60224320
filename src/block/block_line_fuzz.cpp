// Any bytes as a line: it is refused, or it is the one form of what it says.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "block/line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto parts = mbe::split_line(line);
  if (!parts.ok()) return 0;
  const auto header = mbe::parse_header(parts->header);
  if (!header.ok()) return 0;
  std::string again;
  mbe::append_header(again, mbe::associated_data(*header), header->body, header->commit);
  MBE_ASSERT(again == parts->header);
  if (mbe::check_line(line).ok()) MBE_ASSERT(mbe::check_line(mbe::scrub_line(line)).ok());
  return 0;
}
