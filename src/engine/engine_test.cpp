#include "mbe/engine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

TEST_F(EngineTest, RefusesAConversationThatHasNoName) {
  for (const std::string& name : {std::string("\xff"), std::string(1'025, 'x')}) {
    const ErrorCode refused = ErrorCode::invalid_argument;
    EXPECT_EQ(memory_->observe({.text = "hello", .conversation = name}).error().code(), refused);
    EXPECT_EQ(memory_->compose({.input = "hello", .conversation = name}).error().code(), refused);
    EXPECT_EQ(memory_->short_term(name).error().code(), refused);
  }
  EXPECT_TRUE(memory_->observe({.text = "hello", .conversation = std::string(1'024, 'x')}).ok());
  EXPECT_EQ(memory_->compose({.input = "hello", .identity = "\xff"}).error().code(),
            ErrorCode::invalid_argument);
}

TEST_F(EngineTest, RemembersAndRecallsAcrossRestarts) {
  const auto walnut = remember("I am allergic to walnuts and pecans.");
  remember("The cat sleeps on the radiator.");
  reopen();
  const auto found = recall("Which nuts am I allergic to?");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front(), walnut);
  EXPECT_EQ(memory_->show(walnut)->context, "I am allergic to walnuts and pecans.");
}

TEST_F(EngineTest, RecallsWithoutAModel) {
  embedder_->set_failure(fail(ErrorCode::unavailable, "no model; add one"));
  const auto walnut = remember("호두 알레르기가 있어");
  remember("고양이가 난로 위에서 잔다");
  const auto result = memory_->recall({.cue = "호두", .threshold = false});
  ASSERT_TRUE(result.ok());
  ASSERT_FALSE(result->hits.empty());
  EXPECT_EQ(result->hits.front().block.block_index, walnut);
  ASSERT_TRUE(result->vectors_note.has_value());
  EXPECT_NE(result->vectors_note->message().find("no model"), std::string::npos);
}

TEST_F(EngineTest, UpdateKeepsSpeakerAndSession) {
  const auto old = remember("I live in Incheon", "moving");
  const auto update = memory_->update(old, {.text = "I live in Busan"});
  ASSERT_TRUE(update.ok());
  const auto view = memory_->show(update->block_index);
  EXPECT_EQ(view->speaker, "Mina");
  EXPECT_EQ(view->session, "moving");
}

TEST_F(EngineTest, ComposesATurnOnceAndTheInputOnce) {
  ASSERT_TRUE(memory_->observe({.text = "The heron came to the pond again"}).ok());
  ASSERT_TRUE(memory_->observe({.text = "What does the heron eat?"}).ok());
  const auto made = memory_->compose({.input = "What does the heron eat?"});
  ASSERT_TRUE(made.ok()) << made.error().message();
  const auto times = [&](const std::string& what) {
    std::size_t count = 0;
    for (auto at = made->prompt.find(what); at != std::string::npos;
         at = made->prompt.find(what, at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(times("came to the pond again"), 1U) << made->prompt;
  EXPECT_EQ(times("What does the heron eat?"), 1U) << made->prompt;
  EXPECT_EQ(made->prompt.find("\n: "), std::string::npos) << made->prompt;
}

TEST_F(EngineTest, ShowsTheSealedBlock) {
  const auto index = remember("마지막으로 진행했던 프로젝트가 망했다");
  const auto view = memory_->show(index, true);
  ASSERT_TRUE(view.ok());
  for (const char* keyword : {"프로젝트", "실패", "종료"}) {
    EXPECT_NE(std::ranges::find(view->keywords, keyword), view->keywords.end()) << keyword;
  }
  for (const char* tag : {"부정적", "종결", "시도"}) {
    EXPECT_NE(std::ranges::find(view->tags, tag), view->tags.end()) << tag;
  }
  EXPECT_EQ(view->hash.size(), 64U);
  EXPECT_EQ(view->timestamp_ms, view->recorded_ms);
  EXPECT_FALSE(view->embedding) << "nothing is embedded on the write path";
  ASSERT_TRUE(memory_->reembed(false).ok());
  EXPECT_EQ(memory_->show(index, true)->embedding->size(), embedder_->dim());
}

TEST_F(EngineTest, RefusesBadTextAndStoresNothing) {
  const auto blocks = memory_->stats()->blocks;
  const std::pair<std::string, ErrorCode> bad[] = {
      {"", ErrorCode::invalid_argument},
      {" \n\t", ErrorCode::invalid_argument},
      {std::string("a\0b", 3), ErrorCode::invalid_argument},
      {"\xff\xfe", ErrorCode::invalid_argument},
      {"\xed\xa0\x80", ErrorCode::invalid_argument},
      {std::string(2 << 20, 'x'), ErrorCode::limit}};
  for (const auto& [text, code] : bad) {
    const auto receipt = memory_->remember({.text = text});
    ASSERT_FALSE(receipt.ok());
    EXPECT_EQ(receipt.error().code(), code);
  }
  EXPECT_EQ(memory_->stats()->blocks, blocks);
}

TEST_F(EngineTest, RefusesUnknownKindTrustArmAndTopK) {
  remember("something");
  EXPECT_EQ(memory_->remember({.text = "x", .kind = "audit"}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->remember({.text = "x", .trust = "god"}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->recall({.cue = "x", .arms = {"nose"}}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->recall({.cue = "x", .top_k = 0}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->recall({.cue = "x", .top_k = 1'001}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->recall({.cue = "x", .filter = {.kinds = {"nose"}}}).error().code(),
            ErrorCode::invalid_argument);
}

TEST_F(EngineTest, SupersedesAndKeepsTheEarlierReadable) {
  const auto old = remember("My phone number ends in 1234");
  const auto updated = memory_->update(old, {.text = "My phone number ends in 5678"});
  ASSERT_TRUE(updated.ok()) << updated.error().message();
  const auto found = recall("phone number");
  EXPECT_TRUE(contains(found, updated->block_index));
  EXPECT_FALSE(contains(found, old));
  EXPECT_EQ(memory_->show(old)->superseded_by, updated->block_index);
  EXPECT_EQ(memory_->show(old)->context, "My phone number ends in 1234");
}

TEST_F(EngineTest, AnswersAsOfAnEarlierTime) {
  const auto old = remember("My phone number ends in 1234");
  const TimeMs then = clock_.now_ms();
  clock_.advance_ms(100'000);
  const auto updated = memory_->update(old, {.text = "My phone number ends in 5678"});
  const auto result =
      memory_->recall({.cue = "phone number", .filter = {.as_of_ms = then}, .threshold = false});
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->hits.size(), 1U);
  EXPECT_EQ(result->hits.front().block.block_index, old);
}

TEST_F(EngineTest, HidesAndRestores) {
  const auto index = remember("The secret cake recipe needs cardamom");
  ASSERT_TRUE(memory_->mark(index, "hide").ok());
  EXPECT_FALSE(contains(recall("cake recipe"), index));
  EXPECT_TRUE(memory_->show(index)->hidden);
  ASSERT_TRUE(memory_->mark(index, "restore").ok());
  EXPECT_TRUE(contains(recall("cake recipe"), index));
  EXPECT_EQ(memory_->mark(index, "fold").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->mark(9'999, "pin").error().code(), ErrorCode::not_found);
}

TEST_F(EngineTest, KeepsWaypointsReadyAndWritesTheCache) {
  const auto project = remember("The bakery project stopped in March because the oven broke");
  const auto observed = memory_->observe({.text = "I keep thinking of the bakery project"});
  ASSERT_TRUE(observed.ok()) << observed.error().message();
  ASSERT_FALSE(observed->waypoints.empty());
  EXPECT_EQ(observed->waypoints.front().block_index, project);
  bool found = false;
  for (const auto& entry : fs::recursive_directory_iterator(home_)) {
    found = found || entry.path().filename() == "context_cache.json";
  }
  EXPECT_TRUE(found);
  const auto turns = memory_->short_term();
  ASSERT_EQ(turns->size(), 1U);
  clock_.advance_ms(7 * 3'600'000);
  EXPECT_TRUE(memory_->short_term()->empty());
}

TEST_F(EngineTest, KeepsAWaypointThroughAnEllipticalTurn) {
  const auto project = remember("빵집 프로젝트는 3월에 오븐이 고장나서 멈췄다");
  ASSERT_TRUE(memory_->observe({.text = "빵집 프로젝트가 자꾸 생각나"}).ok());
  const auto observed = memory_->observe({.text = "그건 어떻게 됐지?"});
  ASSERT_TRUE(observed.ok());
  const bool reached = std::ranges::any_of(
      observed->waypoints, [&](const WaypointView& point) { return point.block_index == project; });
  EXPECT_TRUE(reached);
}

TEST_F(EngineTest, ComposesWithTheWaypointsThatAreGiven) {
  const std::uint64_t oven = remember("The oven needs a new thermostat");
  const std::uint64_t heron = remember("The heron eats frogs");
  ASSERT_TRUE(memory_->update_waypoints("default", "the oven").ok());
  const auto before = memory_->waypoints();
  const auto made = memory_->compose(
      {.input = "Which part does the oven need?", .waypoints = {{{heron}, {heron, 0.5F}}}});
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ(made->included, std::vector<std::uint64_t>{heron});
  EXPECT_EQ(memory_->waypoints()->size(), before->size());
  const auto none = memory_->compose(
      {.input = "Which part does the oven need?", .waypoints = std::vector<WaypointChoice>()});
  EXPECT_TRUE(none->included.empty());
  ASSERT_TRUE(memory_->forget({.blocks = {oven}}, 1).ok());
  EXPECT_TRUE(memory_->compose({.input = "oven", .waypoints = {{{oven}}}})->included.empty());
  EXPECT_EQ(memory_->compose({.input = "oven", .waypoints = {{{999}}}}).error().code(),
            ErrorCode::not_found);
}

TEST_F(EngineTest, ComposesWithinTheBudget) {
  const auto pinned = remember("I am allergic to walnuts");
  ASSERT_TRUE(memory_->mark(pinned, "pin").ok());
  for (int i = 0; i < 30; ++i) remember("The oven needs part number " + std::to_string(i));
  const auto prompt =
      memory_->compose({.input = "Which part does the oven need?", .budget_tokens = 500});
  ASSERT_TRUE(prompt.ok()) << prompt.error().message();
  EXPECT_LE(prompt->tokens, 500U);
  EXPECT_NE(prompt->prompt.find("walnuts"), std::string::npos);
  EXPECT_EQ(memory_->compose({.input = "x", .format = "html"}).error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(memory_->compose({.input = "x", .budget_tokens = 3}).error().code(), ErrorCode::limit);
}

TEST_F(EngineTest, TellsTheMoodOfLateInThePrompt) {
  remember("너무 슬퍼");
  remember("오늘도 슬프고 불안해");
  const auto prompt = memory_->compose({.input = "오늘 어땠지?", .budget_tokens = 600});
  ASSERT_TRUE(prompt.ok()) << prompt.error().message();
  EXPECT_NE(prompt->prompt.find("슬픔"), std::string::npos);
}

TEST_F(EngineTest, ADayThatIsNamedComesIntoThePrompt) {
  const auto before = remember("어제는 비가 왔다");
  clock_.advance_ms(2 * 86'400'000LL);
  const auto shell = remember("하얀 조개를 주웠다");
  remember("오늘 하루 요약해줘");
  const auto prompt = memory_->compose({.input = "오늘 하루  요약해줘"});
  ASSERT_TRUE(prompt.ok()) << prompt.error().message();
  EXPECT_TRUE(contains(prompt->included, shell));
  EXPECT_FALSE(contains(prompt->included, before));
  EXPECT_FALSE(contains(prompt->included, shell + 1));  // the same question tells nothing
}

TEST_F(EngineTest, ImportsOnceAndKeepsDates) {
  std::vector<ImportItem> items;
  for (std::uint64_t i = 0; i < 300; ++i) {
    items.push_back({.id = "t" + std::to_string(i),
                     .chain = "main",
                     .text = "turn number " + std::to_string(i),
                     .speaker = "Mina",
                     .session = "s" + std::to_string(i / 10),
                     .time_ms = start - 86'400'000 * static_cast<TimeMs>(300 - i),
                     .line = i + 1});
  }
  items.push_back({.id = "bad", .chain = "main", .text = "", .line = 301});
  const auto first = memory_->import(items);
  ASSERT_TRUE(first.ok()) << first.error().message();
  EXPECT_EQ(first->imported, 300U);
  ASSERT_EQ(first->refused.size(), 1U);
  EXPECT_EQ(first->refused.front().first, 301U);
  const auto again = memory_->import(items);
  EXPECT_EQ(again->imported, 0U);
  EXPECT_EQ(again->skipped, 300U);
  const auto listed = memory_->list({.limit = 1, .oldest_first = true});
  EXPECT_EQ(listed->front().timestamp_ms, start - 86'400'000LL * 300);
  EXPECT_EQ(listed->front().trust, "imported");
}

TEST_F(EngineTest, RebuildsToTheSameRecall) {
  for (int i = 0; i < 40; ++i) {
    remember("note " + std::to_string(i) + " on bread, ovens and flour",
             "s" + std::to_string(i / 5));
  }
  const auto before = recall("flour for the bread", {"keyword", "tag"});
  ASSERT_TRUE(memory_->rebuild().ok());
  EXPECT_EQ(recall("flour for the bread", {"keyword", "tag"}), before);
  reopen();
  EXPECT_EQ(recall("flour for the bread", {"keyword", "tag"}), before);
}

TEST_F(EngineTest, FollowsGoals) {
  remember("올해는 마라톤을 완주할 거야");
  remember("기타를 배우기로 했어");
  clock_.advance_ms(86'400'000);
  remember("드디어 마라톤을 완주했어");
  const auto goals = memory_->goals();
  ASSERT_TRUE(goals.ok());
  ASSERT_GE(goals->size(), 2U);
  EXPECT_EQ((*goals)[0].state, "done");
  EXPECT_EQ((*goals)[1].state, "open");
}

TEST_F(EngineTest, ADeedResolvesTheGoalItNamesInFull) {
  remember("기타를 배우기로 했어");
  const auto part = remember("어제 기타 가게에 갔어");
  auto goals = memory_->goals();
  ASSERT_EQ(goals->size(), 1U);
  EXPECT_EQ(goals->front().state, "open") << "by block " << part;
  const auto whole = remember("오늘 처음으로 기타를 배웠어");
  goals = memory_->goals();
  EXPECT_EQ(goals->front().state, "done");
  EXPECT_EQ(goals->front().resolved_by, whole);
}

TEST_F(EngineTest, TellsTheHistoryOfABlock) {
  const auto old = remember("The clinic closes at six");
  ASSERT_TRUE(memory_->mark(old, "pin").ok());
  const auto later = memory_->update(old, {.text = "The clinic closes at five"});
  const auto history = memory_->history(later->block_index);
  ASSERT_TRUE(history.ok());
  ASSERT_EQ(history->size(), 3U);
  EXPECT_EQ((*history)[0].event, "said");
  EXPECT_EQ((*history)[1].event, "pinned");
  EXPECT_EQ((*history)[2].event, "updated");
}

TEST_F(EngineTest, ExplainsAHit) {
  const auto index = remember("The bakery opens at seven in the morning");
  const auto hit = memory_->explain({.cue = "When does the bakery open?"}, index);
  ASSERT_TRUE(hit.ok()) << hit.error().message();
  float sum = 0;
  for (const ArmShare& arm : hit->arms) sum += arm.share;
  EXPECT_NEAR(sum, hit->score, 1e-3);
  EXPECT_GT(hit->score, 0);
}

TEST_F(EngineTest, CountsDaysInATimeline) {
  remember("today I baked bread");
  clock_.advance_ms(86'400'000);
  remember("today I was sad");
  remember("still sad");
  const auto days = memory_->timeline({});
  ASSERT_TRUE(days.ok());
  ASSERT_EQ(days->size(), 2U);
  EXPECT_EQ((*days)[1].blocks, 2U);
  EXPECT_LT((*days)[1].mood, 0);
}

TEST_F(EngineTest, OpensReadOnlyAndWritesNothing) {
  const auto index = remember("a thing");
  reopen(true);
  EXPECT_EQ(memory_->remember({.text = "another"}).error().code(), ErrorCode::denied);
  EXPECT_EQ(memory_->show(index)->context, "a thing");
}

TEST_F(EngineTest, KeepsChainsApart) {
  remember("mine alone");
  auto other = engine_->chain("other");
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE((*other)->recall({.cue = "mine alone", .threshold = false})->hits.empty());
  EXPECT_EQ(*engine_->chains(), (std::vector<std::string>{"main", "other"}));
  EXPECT_EQ(engine_->chain("third", false).error().code(), ErrorCode::not_found);
  EXPECT_EQ(engine_->chain("", true).error().code(), ErrorCode::invalid_argument);
}

TEST_F(EngineTest, FindsChainsWithoutTheNamesFile) {
  const auto index = remember("still here");
  engine_.reset();
  fs::remove(home_ / "chains" / "names.json");
  reopen();
  EXPECT_EQ(memory_->show(index)->context, "still here");
}

TEST(EngineOpen, RefusesANewerHome) {
  const fs::path home = fs::temp_directory_path() / ("mbe-newer-" + std::to_string(getpid()));
  fs::create_directories(home);
  std::ofstream(home / "format") << "mbe home 99\n";
  EXPECT_EQ(Engine::open({.home = home}).error().code(), ErrorCode::unavailable);
  std::ofstream(home / "format") << "junk\n";
  EXPECT_EQ(Engine::open({.home = home}).error().code(), ErrorCode::corrupt);
  fs::remove_all(home);
  EXPECT_EQ(Engine::open({.home = home, .read_only = true}).error().code(), ErrorCode::not_found);
}

TEST_F(EngineTest, CountsARepeatInTheHistory) {
  const auto said = remember("good morning");
  ASSERT_TRUE(memory_->mark(said, "repeat").ok());
  ASSERT_TRUE(memory_->mark(said, "repeat").ok());
  const auto history = memory_->history(said);
  EXPECT_EQ(std::ranges::count(*history, "repeated", &HistoryEntry::event), 2);
  EXPECT_FALSE(memory_->show(said)->hidden);
  EXPECT_EQ(memory_->mark(said, "repeated").error().code(), ErrorCode::invalid_argument);
}

TEST_F(EngineTest, ListsByChannel) {
  remember("through the terminal");
  ASSERT_TRUE(memory_->remember({.text = "through Echo", .channel = "echo"}).ok());
  const auto found = memory_->list({.filter = {.channels = {"echo"}}});
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().context, "through Echo");
}

TEST_F(EngineTest, ObservesWhatABlockHoldsAlready) {
  const auto said = remember("good morning");
  ObserveRequest turn{.text = "good morning", .remember = "always"};
  turn.block_index = said;
  ASSERT_TRUE(memory_->observe(turn).ok());
  EXPECT_EQ(memory_->stats()->memories, 1U);
  EXPECT_EQ(memory_->short_term()->front().block_index, said);
}

}  // namespace
}  // namespace mbe
