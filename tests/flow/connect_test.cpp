// `mbe connect`: the files of AI clients as a person has them, changed and changed back.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "process.h"

namespace mbe::flow {
namespace {

class ConnectTest : public testing::Test {
 protected:
  ConnectTest() : home_(program_.folder().path() / "person") {
    std::filesystem::create_directories(home_);
  }
  Outcome connect(std::vector<std::string> words) const {
    words.insert(words.begin(), "connect");
    return program_.run(
        words,
        {.environment = {{"HOME", home_.string()}, {"XDG_CONFIG_HOME", ""}, {"LC_ALL", "C"}}});
  }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = home_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }

  Program program_;
  std::filesystem::path home_;
};

const std::string commented =
    "// mine\n{\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"x\": {\"command\": \"y\"},\n  "
    "},\n}\n";

TEST_F(ConnectTest, WritesEveryClientsFileAndTakesItAway) {
  const std::map<std::string, std::string> files = {
      {"claude-code", ".claude.json"},
      {"claude-desktop", ".config/Claude/claude_desktop_config.json"},
      {"cursor", ".cursor/mcp.json"},
      {"codex", ".codex/config.toml"},
      {"gemini-cli", ".gemini/settings.json"},
      {"vscode", ".config/Code/User/mcp.json"}};
  for (const auto& [client, file] : files) {
    const Outcome outcome = connect({client});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const std::string text = read_file(home_ / file);
    EXPECT_NE(text.find(MBE_BUILD_DIR "/mbe\""), std::string::npos) << text;
    EXPECT_NE(text.find(program_.home().string()), std::string::npos) << text;
    EXPECT_NE(text.find("\"mcp\"]"), std::string::npos) << text;
    EXPECT_EQ(connect({client, "--chain", "work"}).code, 0);
    EXPECT_NE(read_file(home_ / file).find("\"--chain\", \"work\""), std::string::npos);
    EXPECT_EQ(connect({client, "--undo"}).code, 0);
    EXPECT_FALSE(std::filesystem::exists(home_ / file)) << client;
  }
  EXPECT_EQ(connect({}).out.find("✓"), std::string::npos);
}

TEST_F(ConnectTest, ShowsAndChangesNothingInADryRun) {
  const auto file = write(".cursor/mcp.json", commented);
  const Outcome outcome = connect({"cursor", "--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("+     \"mbe\": {"), std::string::npos) << outcome.out;
  EXPECT_EQ(read_file(file), commented);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".before-mbe"));
}

TEST_F(ConnectTest, KeepsACopyAndGoesBackToIt) {
  const auto file = write(".cursor/mcp.json", commented);
  chmod(file.c_str(), 0640);
  EXPECT_EQ(connect({"cursor"}).code, 0);
  EXPECT_EQ(read_file(file.string() + ".before-mbe"), commented);
  struct stat status{};
  stat(file.c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  EXPECT_NE(connect({}).out.find("✓ cursor"), std::string::npos);
  EXPECT_EQ(connect({"cursor"}).code, 0);  // a second time changes nothing, nor the copy
  EXPECT_EQ(read_file(file.string() + ".before-mbe"), commented);
  EXPECT_EQ(connect({"cursor", "--undo"}).code, 0);
  EXPECT_EQ(read_file(file), commented);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".before-mbe"));
}

TEST_F(ConnectTest, LeavesWhatWasChangedSince) {
  const auto file = write(".gemini/settings.json", "{\"theme\": \"dark\"}\n");
  EXPECT_EQ(connect({"gemini-cli"}).code, 0);
  std::string text = read_file(file);
  text.replace(text.find("dark"), 4, "light");
  write(".gemini/settings.json", text);
  EXPECT_EQ(connect({"gemini-cli", "--undo"}).code, 0);
  const std::string after = read_file(file);
  EXPECT_NE(after.find("light"), std::string::npos) << after;
  EXPECT_EQ(after.find("mbe"), std::string::npos) << after;
}

TEST_F(ConnectTest, FollowsALinkAndKeepsIt) {
  const auto real = write("dotfiles/mcp.json", "{}\n");
  std::filesystem::create_directories(home_ / ".cursor");
  std::filesystem::create_symlink(real, home_ / ".cursor/mcp.json");
  EXPECT_EQ(connect({"cursor"}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(home_ / ".cursor/mcp.json"));
  EXPECT_NE(read_file(real).find("mbe"), std::string::npos);
}

TEST_F(ConnectTest, RefusesWhatItCannotDo) {
  EXPECT_EQ(connect({"emacs"}).code, 2);
  EXPECT_EQ(connect({"cursor", "--undo"}).code, 1);
  const auto file = write(".cursor/mcp.json", "{ nonsense");
  EXPECT_EQ(connect({"cursor"}).code, 2);
  EXPECT_EQ(read_file(file), "{ nonsense");
}

}  // namespace
}  // namespace mbe::flow
