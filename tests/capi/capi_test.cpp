// The C interface through the library that programs load: what it gives, and that misuse is refused
// rather than a crash.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "mbe.h"

namespace {

using Json = nlohmann::json;

/// A code with the JSON that came with it.
struct Answer {
  mbe_code code = MBE_INTERNAL;
  Json json;
};

/// Takes a call that fills `answer`.
template <class Call>
Answer ask(const Call& call) {
  char* text = nullptr;
  Answer out;
  out.code = call(&text);
  if (text != nullptr) out.json = Json::parse(text);
  mbe_free(text);
  return out;
}

class CInterface : public testing::Test {
 protected:
  void SetUp() override {
    static int counter = 0;
    home_ = std::filesystem::temp_directory_path() /
            ("mbe-capi-test-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
    const std::string options = Json({{"home", home_.string()}, {"language", "en"}}).dump();
    const Answer opened =
        ask([&](char** answer) { return mbe_open(options.c_str(), &memory_, answer); });
    ASSERT_EQ(opened.code, MBE_OK) << opened.json;
    EXPECT_EQ(opened.json["home"], home_.string());
    EXPECT_EQ(opened.json["served"], false);
  }
  void TearDown() override {
    mbe_close(memory_);
    std::filesystem::remove_all(home_);
  }
  [[nodiscard]] Answer call(const char* operation, const char* arguments,
                            const char* chain = nullptr) const {
    return ask(
        [&](char** answer) { return mbe_call(memory_, chain, operation, arguments, answer); });
  }

  std::filesystem::path home_;
  mbe_memory memory_ = 0;
};

TEST_F(CInterface, RemembersRecallsComposesAndForgets) {
  const Answer kept = ask([&](char** answer) {
    return mbe_remember(memory_, R"({"text": "The heron eats frogs"})", answer);
  });
  ASSERT_EQ(kept.code, MBE_OK) << kept.json;
  EXPECT_EQ(kept.json["channel"], "c");
  const Answer found =
      ask([&](char** answer) { return mbe_recall(memory_, R"({"cue": "heron"})", answer); });
  ASSERT_EQ(found.code, MBE_OK) << found.json;
  EXPECT_EQ(found.json["hits"][0]["context"], "The heron eats frogs");
  const Answer prompt = ask([&](char** answer) {
    return mbe_compose(memory_, R"({"input": "What does the heron eat?"})", answer);
  });
  EXPECT_NE(prompt.json["prompt"].get<std::string>().find("frogs"), std::string::npos);
  const Answer gone = ask(
      [&](char** answer) { return mbe_forget(memory_, R"({"blocks": [1], "count": 1})", answer); });
  EXPECT_EQ(gone.json["count"], 1) << gone.json;
  EXPECT_EQ(call("show", R"({"block_index": 1})").json["state"], "erased");
}

TEST_F(CInterface, CallsTheChainThatIsNamed) {
  ASSERT_EQ(call("remember", R"({"text": "elsewhere"})", "other").code, MBE_OK);
  EXPECT_EQ(call("stats", nullptr, "other").json["memories"], 1);
  EXPECT_EQ(call("stats", nullptr).json["memories"], 0);
  EXPECT_EQ(call("stats", nullptr, "absent").code, MBE_NOT_FOUND);
  EXPECT_NE(call("stats", nullptr, "\xff\xfe").code, MBE_OK);
}

TEST_F(CInterface, NamesTheErrorTheReasonAndTheNextStep) {
  const Answer answer = call("show", R"({"block_index": 99})");
  EXPECT_EQ(answer.code, MBE_NOT_FOUND);
  EXPECT_EQ(answer.json["error"], "not_found");
  EXPECT_FALSE(answer.json["message"].get<std::string>().empty());
  EXPECT_FALSE(answer.json["next_step"].get<std::string>().empty());
  EXPECT_STREQ(mbe_code_name(answer.code), "not_found");
}

TEST_F(CInterface, RefusesWhatIsNoJsonOrNotWhatIsAskedFor) {
  for (const char* bad : {"{", "nonsense", "[]", "1", "\"text\"", "{\"text\": \"\xff\"}",
                          R"({"text": 3})", R"({"words": "x"})", "{}"}) {
    EXPECT_EQ(call("remember", bad).code, MBE_INVALID_ARGUMENT) << bad;
  }
  const std::string deep(100'000, '[');
  EXPECT_EQ(call("remember", deep.c_str()).code, MBE_INVALID_ARGUMENT);
  const std::string large = Json({{"text", std::string(1'000'001, 'x')}}).dump();
  EXPECT_EQ(call("remember", large.c_str()).code, MBE_LIMIT);
  EXPECT_EQ(call("fly", nullptr).code, MBE_NOT_FOUND);
  EXPECT_EQ(call("\xff", nullptr).code, MBE_NOT_FOUND);
  EXPECT_EQ(call("stats", nullptr).json["memories"], 0);
}

TEST_F(CInterface, RefusesNull) {
  EXPECT_EQ(call(nullptr, nullptr).code, MBE_INVALID_ARGUMENT);
  EXPECT_EQ(call("remember", nullptr).code, MBE_INVALID_ARGUMENT);
  EXPECT_EQ(mbe_open(nullptr, nullptr, nullptr), MBE_INVALID_ARGUMENT);
  EXPECT_EQ(mbe_call(memory_, nullptr, "stats", nullptr, nullptr), MBE_OK);
  EXPECT_EQ(mbe_operations(nullptr), MBE_OK);
  mbe_free(nullptr);
}

TEST_F(CInterface, RefusesHandlesThatAreClosedOrNeverWere) {
  const mbe_memory before = memory_;
  ASSERT_EQ(mbe_close(memory_), MBE_OK);
  EXPECT_EQ(mbe_close(before), MBE_INVALID_ARGUMENT);
  for (const mbe_memory wrong : {before, mbe_memory{0}, before + 1, ~mbe_memory{0}}) {
    const Answer answer =
        ask([&](char** text) { return mbe_call(wrong, nullptr, "stats", nullptr, text); });
    EXPECT_EQ(answer.code, MBE_INVALID_ARGUMENT);
    EXPECT_FALSE(answer.json["message"].get<std::string>().empty());
  }
}

TEST_F(CInterface, RefusesToOpenWhatIsNoHome) {
  mbe_memory memory = 7;
  for (const char* options : {R"({"home": 1})", R"({"chain": ""})", R"({"colour": "red"})", "[",
                              R"({"language": "xx"})"}) {
    EXPECT_EQ(mbe_open(options, &memory, nullptr), MBE_INVALID_ARGUMENT) << options;
    EXPECT_EQ(memory, 0U);
  }
  const Answer file = ask([&](char** answer) {
    return mbe_open(R"({"home": "/proc/version/home", "language": "en"})", &memory, answer);
  });
  EXPECT_EQ(file.code, MBE_IO) << file.json;
  EXPECT_EQ(memory, 0U);
}

TEST_F(CInterface, IsUsedByManyThreadsWhileOneCloses) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 20; ++n) {
        const mbe_code code = mbe_remember(memory_, R"({"text": "said at once"})", nullptr);
        EXPECT_TRUE(code == MBE_OK || code == MBE_INVALID_ARGUMENT) << code;
      }
    });
  }
  EXPECT_EQ(mbe_close(memory_), MBE_OK);
}

TEST_F(CInterface, AChildOfForkIsRefused) {
  const pid_t child = fork();
  if (child == 0) {
    const mbe_code code = mbe_call(memory_, nullptr, "stats", nullptr, nullptr);
    mbe_close(memory_);
    _exit(code == MBE_INVALID_ARGUMENT ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(call("stats", nullptr).code, MBE_OK);
}

TEST(CTable, TellsItsVersionAndOperations) {
  EXPECT_EQ(mbe_abi_version(), static_cast<uint32_t>(MBE_ABI_VERSION));
  EXPECT_STRNE(mbe_version(), "");
  const Answer table = ask([](char** answer) { return mbe_operations(answer); });
  ASSERT_EQ(table.code, MBE_OK);
  bool has_recall = false;
  for (const Json& one : table.json) has_recall = has_recall || one["name"] == "recall";
  EXPECT_TRUE(has_recall);
  EXPECT_STREQ(mbe_code_name(MBE_CORRUPT), "corrupt");
  EXPECT_STREQ(mbe_code_name(-1), "internal");
  EXPECT_STREQ(mbe_code_name(99), "internal");
}

}  // namespace
