// Every file call of a script fails, once and for ever, in each way; what was promised must hold
// afterwards, on the open chain and on the one opened again. And the machine goes off at every call
// of an erasure.
#include <gtest/gtest.h>

#include "model.h"

namespace mbe {
namespace {

struct Case {
  Fault fault;
  bool forever;
};

class FailingCall : public testing::TestWithParam<Case> {
 protected:
  /// Runs the script as far as it goes.
  void script(FileSystem& files, Model& model) {
    auto chain = open_chain(test_options(files, clock_));
    if (!chain.ok()) return;
    for (int i = 0; i < 8; ++i) {
      model.append(**chain, std::string(300, 'a') + std::to_string(i), Durability::synced);
    }
    model.append(**chain, "quick", Durability::os);
    model.append(**chain, "after quick", Durability::synced);
    if ((*chain)->head().sequence >= 3) {
      model.erase(**chain, {2, 3});
      (void)(*chain)->scrub();
    }
    model.append(**chain, "last", Durability::synced);
    (void)(*chain)->checkpoint();
    model.check(**chain, true);
  }
  FakeClock clock_{1'000};
};

TEST_P(FailingCall, LosesNothingThatWasAcknowledged) {
  std::uint64_t calls = 0;
  {
    FaultyFileSystem files(0);
    Model model;
    script(files, model);
    calls = files.calls();
    ASSERT_EQ(model.acknowledged.size(), 10U);
  }
  for (std::uint64_t call = 1; call <= calls; ++call) {
    for (const bool crash : {false, true}) {
      SCOPED_TRACE(testing::Message() << "call " << call << (crash ? ", then a crash" : ""));
      FaultyFileSystem files(call);
      Model model;
      files.fail_call(call, GetParam().fault, GetParam().forever);
      script(files, model);
      files.fail_nothing();
      crash ? files.crash() : files.kill();
      auto chain = open_chain(test_options(files, clock_));
      ASSERT_TRUE(chain.ok()) << chain.error().message();
      model.check(**chain);
      ASSERT_TRUE((*chain)->resume_erasures(model.purge()).ok());
      ASSERT_TRUE((*chain)->append(say("works again")).ok());
      const VerifyReport report = (*chain)->verify({.open_payloads = true});
      ASSERT_TRUE(report.ok()) << problems_of(report);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingCall,
                         testing::Values(Case{Fault::io_error, false}, Case{Fault::io_error, true},
                                         Case{Fault::no_space, false}, Case{Fault::no_space, true},
                                         Case{Fault::short_write, false},
                                         Case{Fault::short_write, true}));

/// Bytes of any file that hold `text`.
std::string path_holding(const FaultyFileSystem& files, const std::string& text) {
  for (const std::string& path : files.paths()) {
    if (files.contents(path).find(text) != std::string::npos) return path;
  }
  return "";
}

TEST(ErasureCrash, LeavesTheBlockWholeOrGone) {
  FakeClock clock(1'000);
  std::uint64_t call = 0;
  for (bool finished = false; !finished;) {
    ++call;
    SCOPED_TRACE(testing::Message() << "power off at call " << call << " of the erasure");
    FaultyFileSystem files(call);
    std::string sealed;
    Model model;
    {
      auto chain = open_chain(test_options(files, clock));
      for (int i = 0; i < 6; ++i)
        model.append(**chain, "text " + std::to_string(i), Durability::synced);
      const std::string log = files.contents(test_directory + "/log/000000.seg.jsonl");
      const std::size_t at = log.find("\"sealed\":", log.find("\"seq\":3"));
      sealed = log.substr(at + 10, 200);
      files.power_off_at(call);
      model.erase(**chain, {3, 3});
      (void)(*chain)->scrub();
      finished = files.exists("any").ok();  // the machine is still on
    }
    files.crash();
    auto chain = open_chain(test_options(files, clock));
    ASSERT_TRUE(chain.ok()) << chain.error().message();
    model.check(**chain);
    const bool in_log = !(*chain)->erasures().empty();
    EXPECT_EQ((*chain)->read(3)->state, in_log ? BlockState::erased : BlockState::ok);
    const auto resumed = (*chain)->resume_erasures(model.purge());
    ASSERT_TRUE(resumed.ok());
    if (in_log) {
      EXPECT_GT(model.purges, 0U);
      EXPECT_TRUE((*chain)->erasures()[0].done);
      ASSERT_TRUE((*chain)->scrub().ok());
      EXPECT_EQ(path_holding(files, sealed), "");
    }
    ASSERT_TRUE((*chain)->verify({.open_payloads = true}).ok());
  }
  EXPECT_GT(call, 30U);
}

TEST(OldKeys, AreGoneAfterAnErasure) {
  FakeClock clock(1'000);
  FaultyFileSystem files(1);
  auto chain = open_chain(test_options(files, clock));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE((*chain)->append(say("x")).ok());
  std::vector<std::string> old;
  for (const std::string& path : files.paths()) {
    if (path.find("/keys/wrap.") != std::string::npos) old.push_back(files.contents(path));
  }
  ASSERT_EQ(old.size(), 2U);
  Model model;
  ASSERT_TRUE(model.erase(**chain, {2, 2}));
  for (const std::string& bytes : old) EXPECT_EQ(path_holding(files, bytes), "");
}

}  // namespace
}  // namespace mbe
