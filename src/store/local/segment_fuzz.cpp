// Any bytes as the one segment of a log: opening never fails but for a reason, changes nothing when
// read-only, and a chain that was recovered verifies.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "fs/faulty.h"
#include "store/local/local_store.h"
#include "store/local/log_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto head = mbe::parse_head(bytes)) MBE_ASSERT(mbe::format_head(*head) == bytes);
  (void)mbe::parse_offsets(bytes, "abcdefghijklmnopqrstuvwxyz");
  mbe::FaultyFileSystem files(1);
  MBE_ASSERT(files.make_directories("c/log").ok());
  files.set_contents("c/log/000000.seg.jsonl", bytes);
  const mbe::LocalStore::Options options{files, "c", "abcdefghijklmnopqrstuvwxyz"};
  const auto store = mbe::LocalStore::open(options);
  MBE_ASSERT(store.ok());
  if ((*store)->damage() || !(*store)->head()) return 0;
  MBE_ASSERT((*store)->verify([](std::uint64_t, std::string_view) { return true; }).ok());
  return 0;
}
