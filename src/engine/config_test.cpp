#include <gtest/gtest.h>

#include "engine/home.h"

namespace mbe {
namespace {

/// The message of a refused configuration.
std::string refused(std::string_view toml) {
  const auto config = HomeConfig::parse(toml, "config.toml");
  EXPECT_FALSE(config.ok()) << toml;
  if (config.ok()) return "";
  EXPECT_EQ(config.error().code(), ErrorCode::invalid_argument);
  return config.error().message();
}

TEST(HomeConfig, HasDefaultsWhereNothingIsSaid) {
  const auto config = HomeConfig::parse("", "config.toml");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->short_term.turns_max, ShortTermLimits{}.turns_max);
  EXPECT_EQ(config->short_term.ttl_ms, ShortTermLimits{}.ttl_ms);
  EXPECT_TRUE(config->embedding_model.empty());
  EXPECT_TRUE(config->root_key_command.empty());
}

TEST(HomeConfig, TakesWhatIsSaid) {
  const auto config = HomeConfig::parse(
      "[short_term]\nttl_minutes = 30\nturns_max = 12\n[model]\nembedding = \"small\"\n"
      "[key]\ncommand = [\"keyring\", \"get\", \"mbe\"]\n",
      "config.toml");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->short_term.ttl_ms, 30 * 60'000);
  EXPECT_EQ(config->short_term.turns_max, 12U);
  EXPECT_EQ(config->embedding_model, "small");
  EXPECT_EQ(config->root_key_command, (std::vector<std::string>{"keyring", "get", "mbe"}));
}

TEST(HomeConfig, SaysHowTranscriptsAreWritten) {
  const auto absent = HomeConfig::parse("", "config.toml");
  EXPECT_TRUE(absent->transcripts.write);
  EXPECT_TRUE(absent->transcripts.raw);
  EXPECT_EQ(absent->transcripts.lines_a_part, 5'000U);
  const auto config = HomeConfig::parse(
      "[transcripts]\nwrite = false\nraw = false\nlines_a_part = 7\n", "config.toml");
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_FALSE(config->transcripts.write);
  EXPECT_FALSE(config->transcripts.raw);
  EXPECT_EQ(config->transcripts.lines_a_part, 7U);
  EXPECT_NE(refused("[transcripts]\nwrite = 1").find("transcripts.write"), std::string::npos);
  EXPECT_NE(refused("[transcripts]\nraw = 1").find("transcripts.raw"), std::string::npos);
  EXPECT_NE(refused("[transcripts]\nlines_a_part = 0").find("lines_a_part"), std::string::npos);
  EXPECT_NE(refused("[transcripts]\nlines = 3").find("`transcripts.lines`"), std::string::npos);
}

TEST(HomeConfig, NamesLineAndKeyOfWhatItRefuses) {
  EXPECT_NE(refused("[short_term]\nttl_minutes = \n").find("config.toml line 2"),
            std::string::npos);
  EXPECT_NE(refused("colour = 1").find("`colour`"), std::string::npos);
  EXPECT_NE(refused("[short_term]\nttl = 1").find("`short_term.ttl`"), std::string::npos);
  EXPECT_NE(refused("[model]\nname = \"x\"").find("`model.name`"), std::string::npos);
  EXPECT_NE(refused("[key]\nfile = \"x\"").find("`key.file`"), std::string::npos);
}

TEST(HomeConfig, RefusesValuesOutOfRange) {
  EXPECT_NE(refused("[short_term]\nttl_minutes = 0").find("ttl_minutes"), std::string::npos);
  EXPECT_NE(refused("[short_term]\nttl_minutes = 44641").find("44640"), std::string::npos);
  EXPECT_NE(refused("[short_term]\nturns_max = 1001").find("1000"), std::string::npos);
  EXPECT_NE(refused("[short_term]\nturns_max = \"ten\"").find("turns_max"), std::string::npos);
  EXPECT_NE(refused("[key]\ncommand = []").find("line 1: [key] needs `command`"),
            std::string::npos);
  EXPECT_NE(refused("[key]\n").find("[key] needs `command`"), std::string::npos);
  EXPECT_NE(refused("[model]\nembedding = 1").find("model.embedding"), std::string::npos);
  EXPECT_NE(refused("[key]\ncommand = \"keyring\"").find("key.command"), std::string::npos);
  EXPECT_NE(refused("[key]\ncommand = [1]").find("key.command"), std::string::npos);
}

}  // namespace
}  // namespace mbe
