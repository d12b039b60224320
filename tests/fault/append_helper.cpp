// One writing process: append_helper DIRECTORY NAME COUNT [erase] appends COUNT blocks and prints a
// line with the sequence of each once it is acknowledged. With `erase` its segments are small, and
// every seventh block it erases the one before that ("erase N" before, "erased N" after) and scrubs
// the log.
#include <cstdio>
#include <cstdlib>

#include "store/local/open_chain.h"

namespace {

mbe::Result<void> erase(mbe::Chain& chain, std::uint64_t sequence) {
  const auto number = static_cast<unsigned long long>(sequence);
  std::printf("erase %llu\n", number);
  std::fflush(stdout);
  const auto purge = [](const mbe::Erasure&) {
    return mbe::Result<std::vector<std::string>>(std::vector<std::string>());
  };
  MBE_TRY(chain.erase({{{sequence, sequence}}, "", "", {}}, purge));
  MBE_TRY(chain.scrub());
  std::printf("erased %llu\n", number);
  std::fflush(stdout);
  return {};
}

int report(const mbe::Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  const bool erases = count > 4;
  mbe::ChainOptions options{mbe::posix_file_system(), mbe::system_clock(),
                            "abcdefghijklmnopqrstuvwxyz", arguments[1],
                            [] { return mbe::Result<mbe::Bytes32>(mbe::Bytes32{7}); }};
  options.lock_wait_ms = 20'000;
  if (erases) options.segment_bytes_max = 6'000;
  const auto chain = mbe::open_chain(options);
  if (!chain.ok()) return report(chain.error());
  for (int i = 0; i < std::atoi(arguments[3]); ++i) {
    mbe::Payload payload;
    payload.speaker = arguments[2];
    payload.text = std::to_string(i);
    const auto receipt = (*chain)->append(payload);
    if (!receipt.ok()) return report(receipt.error());
    std::printf("%llu\n", static_cast<unsigned long long>(receipt->sequence));
    std::fflush(stdout);
    if (!erases || i % 7 != 6) continue;
    const mbe::Result<void> erased = erase(**chain, receipt->sequence - 1);
    if (!erased.ok()) return report(erased.error());
  }
  return 0;
}
