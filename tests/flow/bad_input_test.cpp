// What goes wrong in the world: each is a clear error with a next step, and nothing is lost.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "process.h"

namespace mbe::flow {
namespace {

/// A refusal: its exit code, and a message that has `words`; the memory stays as it was.
void expect_refused(const Program& program, const std::vector<std::string>& arguments,
                    const RunOptions& options, int code, const std::string& words) {
  const Outcome outcome = program.run(arguments, options);
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
  EXPECT_EQ(program.json({"stats"})["blocks"], 2);
  EXPECT_EQ(program.run({"verify"}).code, 0);
}

class BadText : public ::testing::Test {
 protected:
  void SetUp() override { program_.remember("바다에 갔다"); }
  Program program_;
};

TEST_F(BadText, EmptyIsRefused) {
  expect_refused(program_, {"remember", ""}, {}, 2, "empty");
  expect_refused(program_, {"remember", "-"}, {.input = " \n\t\n"}, 2, "empty");
}

TEST_F(BadText, TwoMebibytesAreRefused) {
  expect_refused(program_, {"remember", "-"}, {.input = std::string(2 << 20, 'a')}, 2, "bytes");
  expect_refused(program_, {"remember", "-"}, {.input = std::string(5 << 20, 'a')}, 2, "bytes");
}

TEST_F(BadText, AMillionBytesAreKept) {
  const std::string text(1'000'000, 'a');
  EXPECT_EQ(program_.json({"remember", "-"}, {.input = text})["context"], text);
}

TEST_F(BadText, InvalidUtf8IsRefused) {
  expect_refused(program_, {"remember", "\xc3\x28"}, {}, 2, "UTF-8");
  expect_refused(program_, {"remember", "-"}, {.input = "바다 \xed\xa0\x80"}, 2, "UTF-8");
}

TEST_F(BadText, AConversationsNameIsUtf8) {
  expect_refused(program_, {"observe", "--conversation", "\xff", "hello"}, {}, 2, "UTF-8");
  expect_refused(program_, {"compose", "--conversation", "\xff", "hello"}, {}, 2, "UTF-8");
  expect_refused(program_, {"ask", "--conversation", "\xff", "hello"}, {}, 2, "UTF-8");
}

TEST_F(BadText, NulIsRefused) {
  expect_refused(program_, {"remember", "-"}, {.input = std::string("a\0b", 3)}, 2, "NUL");
}

TEST_F(BadText, ControlCharactersDoNotReachTheTerminal) {
  const auto index = program_.remember("빨강 \x1b[31m 경고 \x07");
  const Outcome outcome = program_.run({"show", std::to_string(index)});
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(outcome.out.find('\x07'), std::string::npos);
}

/// The home may be read but not written.
class ReadOnlyHome : public ::testing::Test {
 protected:
  void SetUp() override {
    program_.remember("바다에 갔다");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(program_.home())) {
      chmod(entry.path().c_str(), entry.is_directory() ? 0500 : 0400);
    }
    chmod(program_.home().c_str(), 0500);
  }
  void TearDown() override {
    chmod(program_.home().c_str(), 0700);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(program_.home())) {
      if (entry.is_directory()) chmod(entry.path().c_str(), 0700);
    }
  }
  Program program_;
};

TEST_F(ReadOnlyHome, IsReadAndRecalledFrom) {
  const RunOptions as{.obeys_permissions = true};
  EXPECT_EQ(program_.run({"show", "1"}, as).code, 0);
  EXPECT_EQ(program_.run({"recall", "바다", "--all"}, as).code, 0);
  EXPECT_EQ(program_.run({"verify"}, as).code, 0);
}

TEST_F(ReadOnlyHome, RefusesToRemember) {
  const Outcome outcome = program_.run({"remember", "산에 갔다"}, {.obeys_permissions = true});
  EXPECT_TRUE(outcome.code == 5 || outcome.code == 7) << outcome.code << outcome.err;
  EXPECT_FALSE(outcome.err.empty());
}

TEST(FullDisk, LosesNothingAndSaysSo) {
  const Program program;
  const std::string text(200'000, 'a');
  std::uint64_t kept = 0;
  int failed = 0;
  for (int i = 0; i < 8 && failed == 0; ++i) {
    const Outcome outcome =
        program.run({"remember", "-"}, {.input = text, .file_bytes_max = 900'000});
    failed = outcome.code;
    if (outcome.code == 0) ++kept;
    if (outcome.code != 0) {
      EXPECT_FALSE(outcome.err.empty());
    }
  }
  EXPECT_EQ(failed, 7) << "a full disk is an error of input and output";
  EXPECT_GT(kept, 0U);
  EXPECT_EQ(program.run({"verify"}).code, 0);
  EXPECT_EQ(program.json({"stats"})["chains"][0]["memories"], kept);
  EXPECT_GT(program.remember("다시 자리가 있다"), 0U);
}

TEST(FullDisk, IsNoticedOnStandardOutput) {
  const Program program;
  program.remember("바다에 갔다");
  const std::string command = "MBE_HOME=" + program.home().string() +
                              " MBE_CACHE=" + (program.folder().path() / "cache").string() + " " +
                              MBE_BUILD_DIR "/mbe list > /dev/full 2> /dev/null";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(TwoWriters, BothGetTheirBlocks) {
  const Program program;
  program.remember("처음");
  const std::string one = "for i in 1 2 3 4 5 6 7 8; do MBE_HOME=" + program.home().string() +
                          " MBE_CACHE=" + (program.folder().path() / "cache").string() + " " +
                          MBE_BUILD_DIR "/mbe --quiet remember \"말 $i\" || exit 1; done";
  const std::string both =
      "sh -c '" + one + "' & sh -c '" + one + "'; first=$?; wait $! && exit $first";
  const std::string script = program.folder().file("both.sh", both);
  EXPECT_EQ(std::system(("bash " + script).c_str()), 0);
  EXPECT_EQ(program.json({"stats"})["chains"][0]["memories"], 17);
  EXPECT_EQ(program.run({"verify"}).code, 0);
}

TEST(TwoWriters, AreTurnedAwayAfterAWhileByOneThatHoldsOn) {
  const Program program;
  program.remember("처음");
  std::filesystem::path lock;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(program.home())) {
    if (entry.path().string().ends_with("/log/lock")) lock = entry.path();
  }
  const int descriptor = open(lock.c_str(), O_RDWR);
  ASSERT_GE(descriptor, 0) << lock;
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  ASSERT_EQ(fcntl(descriptor, F_OFD_SETLK, &whole), 0);
  const Outcome outcome = program.run({"remember", "둘째"});
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_NE(outcome.err.find("try again"), std::string::npos) << outcome.err;
  close(descriptor);
  EXPECT_EQ(program.remember("둘째"), 2U);
}

TEST(MissingModel, RecallsByKeywordsAndSaysSo) {
  const Program program;
  program.remember("한강에서 달리기를 했다");
  const Outcome outcome = program.run({"recall", "달리기", "--all"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("without vectors"), std::string::npos) << outcome.err;
  EXPECT_TRUE(program.json({"model", "list"})["models"][0]["problem"].is_string());
}

TEST(CorruptModel, RecallsByKeywordsAndSaysSo) {
  const Program program(Model::corrupt);
  program.remember("한강에서 달리기를 했다");
  const Outcome outcome = program.run({"recall", "달리기", "--all"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("without vectors"), std::string::npos) << outcome.err;
  const Outcome reembed = program.run({"reembed"});
  EXPECT_TRUE(reembed.code == 4 || reembed.code == 6) << reembed.code << reembed.err;
}

TEST(BadModel, IsNotAdded) {
  const Program program;
  program.remember("바다에 갔다");
  const std::string file = program.folder().file("model.gguf", "this is no model");
  EXPECT_EQ(program.run({"model", "add", file}).code, 4);
  EXPECT_NE(program.run({"model", "add", "/nowhere/model.gguf"}).code, 0);
}

TEST(DamagedChain, IsNamedByVerifyAndReadAsFarAsItGoes) {
  const Program program;
  for (int i = 0; i < 5; ++i) program.remember("말 " + std::to_string(i));
  std::filesystem::path log;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(program.home())) {
    if (entry.path().string().ends_with(".seg.jsonl")) log = entry.path();
  }
  ASSERT_FALSE(log.empty());
  const std::string bytes = read_file(log);
  const std::size_t third = bytes.find("\"seq\":3");
  std::fstream(log, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(third + 6))
      .put('9');
  const Outcome outcome = program.run({"verify", "--json"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.json()["ok"], false);
  EXPECT_EQ(outcome.json()["chains"][0]["first_bad"], 3);
  EXPECT_EQ(program.json({"show", "1"})["context"], "말 0");
  const Outcome refused = program.run({"remember", "새 말"});
  EXPECT_EQ(refused.code, 4) << refused.err;
  EXPECT_NE(refused.err.find("damaged at block 3"), std::string::npos) << refused.err;
  EXPECT_EQ(std::filesystem::file_size(log), bytes.size());
}

TEST(DamagedIndex, IsMadeAnewFromTheLog) {
  const Program program;
  program.remember("한강에서 달리기를 했다");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(program.home())) {
    const bool derived = entry.path().string().find("/derived/") != std::string::npos;
    if (derived && entry.is_regular_file()) std::ofstream(entry.path(), std::ios::trunc) << "x";
  }
  EXPECT_EQ(program.run({"recall", "달리기", "--all"}).code, 0);
  EXPECT_EQ(program.run({"rebuild"}).code, 0);
  EXPECT_EQ(program.run({"recall", "달리기", "--all"}).code, 0);
}

}  // namespace
}  // namespace mbe::flow
