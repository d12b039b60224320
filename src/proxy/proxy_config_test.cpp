#include <gtest/gtest.h>

#include <cstdlib>

#include "proxy/config.h"

namespace mbe {
namespace {

Result<ProxyConfig> parse(const std::string& text) {
  MBE_ASSIGN(const TomlFile toml, TomlFile::parse(text, "config.toml"));
  const TomlTable table = toml.root().table("proxy");
  ProxyConfig out = read_proxy(table);
  MBE_TRY(toml.check());
  MBE_TRY(check_proxy(out, table.place()));
  return out;
}

TEST(ProxyConfig, ForwardsNothingWhereNothingIsSaid) {
  const auto config = parse("");
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->openai.url.empty());
  EXPECT_TRUE(config->anthropic.url.empty());
  EXPECT_EQ(config->memory, "readwrite");
}

TEST(ProxyConfig, ReadsEveryKey) {
  const auto config = parse(
      "[proxy]\nmemory = \"read\"\nbudget_tokens = 300\nrequests_max = 2\nstreams_max = 3\n"
      "connect_timeout_s = 4\nsilence_timeout_s = 6\n[proxy.openai]\n"
      "url = \"https://a.example/v1/\"\nkey_env = \"A\"\nmodel = \"m\"\n"
      "[proxy.anthropic]\nurl = \"http://b.example/v1\"\nkey_command = \"c\"\n");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->memory, "read");
  EXPECT_EQ(config->budget_tokens, 300U);
  EXPECT_EQ(config->requests_max, 2U);
  EXPECT_EQ(config->streams_max, 3U);
  EXPECT_EQ(config->connect_timeout_s, 4);
  EXPECT_EQ(config->silence_timeout_s, 6);
  EXPECT_EQ(config->openai.url, "https://a.example/v1");
  EXPECT_EQ(config->openai.model, "m");
  EXPECT_EQ(config->anthropic.key_command, "c");
}

TEST(ProxyConfig, RefusesWhatIsWrong) {
  for (const char* text :
       {"[proxy]\nmemory = \"yes\"\n", "[proxy]\nbudget_tokens = 100\n", "[proxy]\nurl = \"x\"\n",
        "[proxy.openai]\nurl = \"ftp://x\"\n", "[proxy.openai]\nkey = \"sk-1\"\n",
        "[proxy.anthropic]\nkey_env = \"A\"\nkey_command = \"b\"\n",
        "[proxy.other]\nurl = \"x\"\n"}) {
    const auto config = parse(text);
    ASSERT_FALSE(config.ok()) << text;
    EXPECT_EQ(config.error().code(), ErrorCode::invalid_argument);
  }
}

TEST(ProxyConfig, KeysComeFromVariablesAndCommands) {
  ::setenv("MBE_PROXY_TEST_KEY", "sk-1", 1);
  ProxyConfig config;
  config.openai.key_env = "MBE_PROXY_TEST_KEY";
  config.anthropic.key_command = "printf 'sk-2\\nrest'";
  ASSERT_TRUE(read_keys(config).ok());
  EXPECT_EQ(config.openai.key, "sk-1");
  EXPECT_EQ(config.anthropic.key, "sk-2");
}

TEST(ProxyConfig, AKeyThatIsNotThereIsTold) {
  ProxyConfig unset;
  unset.openai.key_env = "MBE_PROXY_TEST_ABSENT";
  EXPECT_EQ(read_keys(unset).error().code(), ErrorCode::unavailable);
  ProxyConfig silent;
  silent.anthropic.key_command = "true";
  EXPECT_EQ(read_keys(silent).error().code(), ErrorCode::unavailable);
}

}  // namespace
}  // namespace mbe
