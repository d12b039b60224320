// Any bytes as a file of short-term memory: refused, or writing it again and reading that gives the
// same; adding, expiring and forgetting keep its limits.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/utf8.h"
#include "working/conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto read = mbe::parse_conversation(bytes);
  if (!read.ok()) return 0;
  const std::string written = mbe::serialise(*read);
  const auto again = mbe::parse_conversation(written);
  MBE_ASSERT(again.ok() && mbe::serialise(*again) == written);
  const mbe::ShortTermLimits limits{.ttl_ms = 1'000, .turns_max = 3, .bytes_max = 64};
  read->add({.speaker = "a", .text = "b", .time_ms = 5}, limits);
  MBE_ASSERT(read->turns.size() <= limits.turns_max);
  read->expire(1'795'348'800'000);
  read->forget({1, 2}, {"b"});
  (void)mbe::context_cache_json(*read);
  return 0;
}
