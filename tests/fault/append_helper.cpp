// One writing process: append_helper DIRECTORY NAME COUNT appends COUNT blocks and prints a line
// with the sequence of each once it is acknowledged.
#include <cstdio>
#include <cstdlib>

#include "store/local/open_chain.h"

int main(int count, char** arguments) {
  if (count != 4) return 2;
  mbe::ChainOptions options{mbe::posix_file_system(), mbe::system_clock(),
                            "abcdefghijklmnopqrstuvwxyz", arguments[1],
                            [] { return mbe::Result<mbe::Bytes32>(mbe::Bytes32{7}); }};
  options.lock_wait_ms = 20'000;
  const auto chain = mbe::open_chain(options);
  if (!chain.ok()) {
    std::fprintf(stderr, "%s\n", chain.error().message().c_str());
    return 1;
  }
  for (int i = 0; i < std::atoi(arguments[3]); ++i) {
    mbe::Payload payload;
    payload.speaker = arguments[2];
    payload.text = std::to_string(i);
    const auto receipt = (*chain)->append(payload);
    if (!receipt.ok()) {
      std::fprintf(stderr, "%s\n", receipt.error().message().c_str());
      return 1;
    }
    std::printf("%llu\n", static_cast<unsigned long long>(receipt->sequence));
    std::fflush(stdout);
  }
  return 0;
}
