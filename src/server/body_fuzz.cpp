// The body of a request as arguments of every operation: read or refused, never more.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "operations/common_fields.h"
#include "operations/read_json.h"

namespace {

struct Everything {
  std::string text;
  std::vector<std::string> names;
  std::vector<std::uint64_t> blocks;
  std::optional<mbe::TimeMs> time;
  float share = 0;
  int offset = 0;
  bool flag = false;
};

const mbe::Fields<Everything>& fields() {
  static const mbe::Fields<Everything> all = [] {
    mbe::Fields<Everything> out;
    out.add("t", &Everything::text, "", mbe::given_text())
        .add("n", &Everything::names, "", mbe::name_bounds())
        .add("b", &Everything::blocks, "")
        .time("w", &Everything::time, "", true)
        .add("s", &Everything::share, "", {.max = 1, .choices = {}})
        .add("o", &Everything::offset, "", mbe::zone_bounds())
        .add("f", &Everything::flag, "");
    return out;
  }();
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = mbe::read_json(std::string(reinterpret_cast<const char*>(data), size));
  if (!json.ok()) return 0;
  const auto read = fields().read(*json);
  if (!read.ok()) return 0;
  MBE_ASSERT(read->share >= 0 && read->share <= 1);
  MBE_ASSERT(read->offset >= -mbe::zone_minutes_max && read->offset <= mbe::zone_minutes_max);
  for (const std::uint64_t block : read->blocks) MBE_ASSERT(block <= mbe::json_integer_max);
  return 0;
}
