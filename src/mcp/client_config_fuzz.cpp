// A client's configuration, in JSON and TOML: with the entry it can be read again, and without it
// the entry is gone.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "mcp/client_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mbe::mcp;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Entry entry{.command = "/mbe", .arguments = {"mcp"}};
  for (const bool is_toml : {false, true}) {
    const Place place{.section = "mcpServers", .is_toml = is_toml};
    const auto with = with_entry(text, place, entry);
    if (!with.ok()) continue;
    const auto there = entry_in(*with, place);
    MBE_ASSERT(there.ok() && there->has_value());
    const auto again = with_entry(*with, place, entry);
    MBE_ASSERT(again.ok() && *again == *with);
    MBE_ASSERT(without_entry(*with, place).ok());
    static_cast<void>(changes(text, *with));
  }
  return 0;
}
