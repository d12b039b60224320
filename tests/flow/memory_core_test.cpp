// memory_core through the real program: exchanges saved, looked at, forgotten.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "process.h"

namespace mbe::flow {
namespace {

/// All transcripts of a home, one after the other.
std::string transcripts(const std::filesystem::path& home) {
  std::ostringstream out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home / "memory")) {
    if (entry.path().extension() == ".txt") out << std::ifstream(entry.path()).rdbuf();
  }
  return out.str();
}

TEST(MemoryCoreCommands, AnExchangeIsSavedReflectedAndForgotten) {
  const Program program;
  const auto saved = program.json(
      {"save", "오늘은 프로젝트를 끝냈다", "--speaker", "mina", "--answer", "축하해요."});
  EXPECT_EQ(saved["utterance"]["repeat"], false);
  EXPECT_EQ(program.json(
                {"save", "오늘은 프로젝트를  끝냈다", "--speaker", "mina"})["utterance"]["repeats"],
            1);
  EXPECT_NE(transcripts(program.home()).find("] mina: 오늘은 프로젝트를 끝냈다\n"),
            std::string::npos);
  EXPECT_EQ(program.json({"boot"})["imported"], 0);
  EXPECT_EQ(program.json({"insight"})["lines"], 2);
  EXPECT_EQ(program.json({"reflect", "프로젝트"})["days"][0]["sentence"],
            "오늘은 프로젝트를 끝냈다");
  const Outcome forgotten = program.run({"forget", "1", "--yes", "--count", "3"});
  EXPECT_EQ(forgotten.code, 0) << forgotten.err;
  EXPECT_EQ(transcripts(program.home()), "[--:--:--]\n[--:--:--]\n");
  EXPECT_EQ(program.run({"insight"}).code, 1);
}

TEST(MemoryCoreCommands, RefuseWhatTheyCannotDo) {
  const Program program;
  EXPECT_EQ(program.run({"save", "nobody said this"}).code, 2);
  EXPECT_EQ(program.run({"insight", "yesterday"}).code, 2);
  EXPECT_EQ(program.run({"backup-raw", "/nowhere"}).code, 1);
}

}  // namespace
}  // namespace mbe::flow
