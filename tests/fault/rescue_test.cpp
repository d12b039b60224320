// The machine goes off in the middle of a recovery, at every one of its calls: the head record is
// behind the log, so what stands there has to move before it is shown again; none of it may be
// lost, wherever the move was cut off and whatever of it reached the disk.
#include <gtest/gtest.h>

#include "model.h"

namespace mbe {
namespace {

TEST(RescueCrash, LosesNothingThatWasAcknowledged) {
  FakeClock clock(1'000);
  constexpr std::uint64_t fates = 12;  ///< what a crash leaves of unsynced bytes differs by seed
  const std::string head = test_directory + "/log/head";
  bool finished = false;
  for (std::uint64_t call = 1; !finished; ++call) {
    for (std::uint64_t seed = 1; seed <= fates; ++seed) {
      SCOPED_TRACE(testing::Message() << "power off at call " << call << ", seed " << seed);
      FaultyFileSystem files(seed);
      Model model;
      {
        auto chain = open_chain(test_options(files, clock));
        const std::string early = files.contents(head);
        for (int i = 0; i < 3; ++i) {
          model.append(**chain, std::string(900, 'a') + std::to_string(i), Durability::synced);
        }
        chain->reset();
        files.crash();
        files.set_contents(head, early);  // its newer records never reached the disk
      }
      files.power_off_at(call);
      finished = open_chain(test_options(files, clock)).ok();
      files.crash();
      auto chain = open_chain(test_options(files, clock));
      ASSERT_TRUE(chain.ok()) << chain.error().message();
      model.check(**chain);
      if (testing::Test::HasFatalFailure()) return;
      ASSERT_TRUE((*chain)->append(say("goes on")).ok());
      const VerifyReport report = (*chain)->verify({.open_payloads = true});
      ASSERT_TRUE(report.ok()) << problems_of(report);
    }
  }
}

}  // namespace
}  // namespace mbe
