// Random histories on a disk that loses what was not synced: append, erase, scrub, reopen, crash in
// the middle of any call; then every promise is checked. MBE_CRASH_HISTORIES sets how many,
// MBE_CRASH_SEED the first seed: with the seed a failure printed, the same history runs again.
#include <gtest/gtest.h>

#include "base/random.h"
#include "child.h"
#include "model.h"

namespace mbe {
namespace {

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), files_(random_.next()) {}

  void run() {
    const std::uint64_t lives = 2 + random_.below(4);
    for (std::uint64_t life = 0; life < lives && !testing::Test::HasFatalFailure(); ++life) {
      if (random_.below(3) != 0) files_.power_off_at(1 + random_.below(150));
      live();
      if (random_.below(4) == 0) {
        files_.kill();
      } else {
        files_.crash();
      }
    }
    if (testing::Test::HasFatalFailure()) return;
    const auto chain = open_chain(test_options(files_, clock_));
    ASSERT_TRUE(chain.ok()) << chain.error().message();
    model_.check(**chain);
    if (testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE((*chain)->resume_erasures(model_.purge()).ok());
    const VerifyReport report = (*chain)->verify({.open_payloads = true});
    ASSERT_TRUE(report.ok()) << problems_of(report);
  }

 private:
  /// One process from open to its end, clean or not.
  void live() {
    auto chain = open_chain(test_options(files_, clock_));
    if (!chain.ok()) {
      ASSERT_EQ(chain.error().code(), ErrorCode::io) << chain.error().message();
      return;
    }
    model_.check(**chain, true);
    if (testing::Test::HasFatalFailure()) return;
    for (std::uint64_t steps = random_.below(14); steps > 0; --steps) {
      if (!step(**chain)) return;
    }
  }

  bool step(Chain& chain) {
    clock_.advance_ms(7);
    const std::uint64_t last = chain.head().sequence;
    switch (random_.below(12)) {
      case 0:
        return erase(chain, last);
      case 1:
        return chain.scrub().ok();
      case 2:
        return chain.checkpoint().ok();
      case 3:
        return model_.append(chain, text(), Durability::os);
      case 4:
        return append_many(chain);
      case 5: {  // a second process
        const auto other = open_chain(test_options(files_, clock_));
        return other.ok() && model_.append(**other, text(), Durability::synced);
      }
      default:
        return model_.append(chain, text(), Durability::synced);
    }
  }

  bool erase(Chain& chain, std::uint64_t last) {
    if (last < 2) return true;
    const std::uint64_t first = 1 + random_.below(last);
    const std::uint64_t end = std::min(last, first + random_.below(3));
    for (const Erasure& erasure : chain.erasures()) {
      if (erasure.sequence >= first && erasure.sequence <= end) return true;
    }
    return model_.erase(chain, {first, end});
  }

  bool append_many(Chain& chain) {
    std::vector<Payload> payloads;
    for (std::uint64_t n = 1 + random_.below(6); n > 0; --n) payloads.push_back(say(text()));
    const auto results = chain.append_many(payloads);
    if (!results.ok()) return false;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      if ((*results)[i].ok()) model_.note(*(*results)[i], payloads[i].text);
    }
    return true;
  }

  std::string text() { return std::string(random_.below(400), 'x') + std::to_string(++written_); }

  SeededRandom random_;
  FaultyFileSystem files_;
  FakeClock clock_{1'000};
  Model model_;
  std::uint64_t written_ = 0;
};

TEST(Crash, LosesNothingThatWasAcknowledged) {
  const std::uint64_t first = from_environment("MBE_CRASH_SEED", 1);
  const std::uint64_t count = from_environment("MBE_CRASH_HISTORIES", 20'000);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("MBE_CRASH_HISTORIES=1 MBE_CRASH_SEED=" + std::to_string(seed));
    History(seed).run();
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace mbe
