// The command line itself: help, languages, where options stand, exit codes for wrong use.
#include <gtest/gtest.h>

#include "base/resources.h"
#include "process.h"
#include "server/pages.h"

namespace mbe::flow {
namespace {

TEST(CommandLine, SaysItsVersion) {
  const Outcome outcome = Program().run({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(outcome.out.starts_with("mbe 0."));
}

TEST(CommandLine, ShowsHelpInBothLanguages) {
  const Program program;
  EXPECT_NE(program.run({"--help"}).out.find("long-term memory"), std::string::npos);
  EXPECT_NE(program.run({"--help", "--lang", "ko"}).out.find("장기 기억"), std::string::npos);
  const RunOptions korean{.environment = {{"LC_ALL", "ko_KR.UTF-8"}}};
  EXPECT_NE(program.run({"recall", "-h"}, korean).out.find("사용법"), std::string::npos);
}

TEST(CommandLine, HelpNeedsNoArgumentsOfTheCommand) {
  const Outcome outcome = Program().run({"show", "--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("mbe show INDEX"), std::string::npos);
}

TEST(CommandLine, RefusesAnUnknownCommandOrOption) {
  const Program program;
  EXPECT_EQ(program.run({"rememmber", "x"}).code, 2);
  EXPECT_EQ(program.run({"stats", "--nonsense"}).code, 2);
  EXPECT_EQ(program.run({"show"}).code, 2);
  EXPECT_EQ(program.run({"show", "abc"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(program.home()));
}

TEST(CommandLine, TakesGlobalOptionsBeforeAndBehindTheCommand) {
  const Program program;
  program.remember("바다에 갔다");
  EXPECT_EQ(program.run({"--json", "stats"}).json()["blocks"], 2);
  EXPECT_EQ(program.run({"stats", "--json"}).json()["blocks"], 2);
}

TEST(CommandLine, TakesWordsThatAreNamesOfCommandsAsText) {
  const Program program;
  EXPECT_EQ(program.json({"remember", "show", "me", "the", "list"})["context"], "show me the list");
}

TEST(CommandLine, WritesNoColoursIntoAFile) {
  const Program program;
  program.remember("바다에 갔다");
  EXPECT_EQ(program.run({"list"}).out.find('\x1b'), std::string::npos);
  EXPECT_NE(program.run({"list", "--color", "always"}).out.find('\x1b'), std::string::npos);
}

TEST(CommandLine, UsesColoursOnATerminalUnlessTheyAreUnwanted) {
  const Program program;
  program.remember("바다에 갔다");
  const RunOptions terminal{.on_terminal = true, .environment = {{"TERM", "xterm"}}};
  EXPECT_NE(program.run({"list"}, terminal).out.find('\x1b'), std::string::npos);
  RunOptions plain = terminal;
  plain.environment["NO_COLOR"] = "1";
  EXPECT_EQ(program.run({"list"}, plain).out.find('\x1b'), std::string::npos);
  plain.environment = {{"TERM", "dumb"}};
  EXPECT_EQ(program.run({"list"}, plain).out.find('\x1b'), std::string::npos);
}

TEST(CommandLine, ReportsErrorsAsJsonWhenAsked) {
  const Outcome outcome = Program().run({"show", "99", "--json"});
  EXPECT_EQ(outcome.code, 1);
  const auto error = nlohmann::json::parse(outcome.err, nullptr, false);
  EXPECT_EQ(error.value("error", ""), "not_found");
}

TEST(CommandLine, CompletesInThreeShells) {
  const Program program;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = program.run({"completion", shell});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.out.find("short-term"), std::string::npos) << shell;
  }
  const std::string script =
      program.folder().file("completion", program.run({"completion", "bash"}).out);
  const std::string check = "bash -c 'source " + script +
                            " && COMP_WORDS=(mbe reca) COMP_CWORD=1 && _mbe && "
                            "[[ ${COMPREPLY[0]} == recall ]]'";
  EXPECT_EQ(std::system(check.c_str()), 0);
}

TEST(CommandLine, HasAManPageThatNamesEveryExitCode) {
  const Outcome outcome = Program().run({"man"});
  EXPECT_TRUE(outcome.out.starts_with(".TH MBE 1"));
  EXPECT_NE(outcome.out.find("mbe recall"), std::string::npos);
  EXPECT_NE(outcome.out.find("\n8\n"), std::string::npos);
}

TEST(CommandLine, StatesWhatTheDoctorSees) {
  const Program program;
  const Outcome before = program.run({"doctor", "--json"});
  EXPECT_TRUE(before.json().contains("checks"));
  EXPECT_FALSE(std::filesystem::exists(program.home())) << "looking makes nothing";
  program.remember("바다에 갔다");
  EXPECT_NE(program.run({"doctor"}).out.find("main: 2"), std::string::npos);
}

/// What the doctor says of one thing.
nlohmann::json check_of(const Program& program, const std::string& what) {
  const auto said = program.run({"doctor", "--json"}).json();
  for (const auto& check : said["checks"]) {
    if (check["check"] == what) return check;
  }
  return {{"verdict", "absent"}};
}

TEST(CommandLine, HasTheDoctorLookAtWhatAServerNeeds) {
  const Program program;
  program.run({"init"});
  EXPECT_EQ(check_of(program, "page")["verdict"], built_pages().empty() ? "advice" : "ok");
  EXPECT_EQ(check_of(program, "chat model")["verdict"], "advice");
  EXPECT_EQ(check_of(program, "llama-server")["verdict"], "advice");
  program.folder().file("home/server.toml", "prot = 1\n");
  EXPECT_EQ(check_of(program, "server")["verdict"], "bad");
  std::filesystem::create_directories(program.home() / "models");
  program.folder().file("home/models/x.gguf", "not a model");
  EXPECT_EQ(check_of(program, "chat model")["verdict"], "bad");
  EXPECT_EQ(check_of(program, "llama-server")["verdict"], "bad");
}

TEST(CommandLine, HasTheDoctorFollowTheLinkToAModel) {
  const Program program;
  program.run({"init"});
  std::filesystem::create_directories(program.home() / "models");
  const auto model = find_resource(std::string(default_model_resource) + "/model.gguf");
  ASSERT_TRUE(model.ok()) << model.error().message();
  std::filesystem::create_symlink(*model, program.home() / "models" / "linked.gguf");
  EXPECT_EQ(check_of(program, "chat model")["verdict"], "ok");
}

}  // namespace
}  // namespace mbe::flow
