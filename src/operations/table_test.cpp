// The table as every interface sees it: what an operation promises in its schemas is what it takes,
// refuses and gives.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "engine/engine_fixture.h"
#include "operations/operation.h"
#include "operations/read_views.h"
#include "operations/requests.h"
#include "operations/shape_oracle.h"
#include "operations/views.h"

namespace mbe {
namespace {

class Operations : public EngineTest {
 protected:
  Result<Json> run(const std::string& name, const Json& arguments) {
    const Operation* operation = find_operation(name);
    EXPECT_NE(operation, nullptr) << name;
    Call call{.engine = *engine_,
              .memory = memory_,
              .chain = "main",
              .messages = messages_,
              .channel = "rest",
              .writer = "mina",
              .trust = "member"};
    return operation->run(call, arguments);
  }
  /// The arguments with which each operation is called once.
  static std::map<std::string, Json> samples() {
    const Json block = {{"block_index", 1}};
    const Json text = {{"text", "오늘은 마라톤을 완주했다"}};
    const Json cue = {{"cue", "마라톤"}};
    return {
        {"remember", text},
        {"update", {{"block_index", 2}, {"text", "내일 걷는다"}}},
        {"pin", block},
        {"unpin", block},
        {"hide", block},
        {"restore", block},
        {"forget_preview", {{"blocks", {1}}}},
        {"forget", {{"blocks", {3}}, {"count", 1}}},
        {"recall", cue},
        {"explain", {{"block_index", 1}, {"cue", "마라톤"}}},
        {"show", block},
        {"list", {{"limit", 2}}},
        {"timeline", Json::object()},
        {"goals", Json::object()},
        {"history", block},
        {"observe", text},
        {"short_term", Json::object()},
        {"waypoints", Json::object()},
        {"update_waypoints", text},
        {"compose", {{"input", "마라톤 어땠지?"}}},
        {"block_summary", {{"at_least", 2}}},
        {"block_merger", Json::object()},
        {"block_filter", {{"importance", 0.1}}},
        {"conflicts", Json::object()},
        {"analyse", text},
        {"similarity", {{"pairs", {{{"a", "강"}, {"b", "바다"}}}}}},
        {"import", {{"items", {{{"id", "x"}, {"text", "예전의 말"}, {"time", "2020-01-02"}}}}}},
        {"import_upload", {{"data", "W3siaWQiOiIxIiwibWVtb3J5Ijoi67O066asIn1d"}}},
        {"import_preview", {{"upload_id", "0"}}},
        {"import_file", {{"upload_id", "0"}}},
        {"import_status", {{"upload_id", "0"}}},
        {"import_discard", {{"upload_id", "0"}}},
        {"stats", Json::object()},
        {"verify", Json::object()},
        {"rebuild", Json::object()},
        {"reembed", Json::object()},
        {"checkpoint", Json::object()},
        {"scrub", Json::object()},
        {"file_view", {{"path", "/memories"}}},
        {"file_edit", {{"command", "create"}, {"path", "/memories/a"}, {"file_text", "x"}}},
    };
  }

  Catalog messages_;
};

TEST_F(Operations, GiveWhatTheirShapesPromise) {
  for (const char* text : {"나는 봄에 마라톤을 하고 싶다", "어제 강가를 걸었다", "비밀이다"}) {
    remember(text, "talk");
  }
  const std::map<std::string, Json> all = samples();
  Json upload;
  for (const Operation& operation : operations()) {
    const auto sample = all.find(operation.name);
    ASSERT_NE(sample, all.end()) << operation.name;
    Json given = sample->second;
    if (given.contains("upload_id")) given["upload_id"] = upload;
    const Result<Json> result = run(operation.name, given);
    ASSERT_TRUE(result.ok()) << operation.name << ": " << result.error().message();
    if (operation.name == "import_upload") upload = (*result)["upload_id"];
    EXPECT_EQ(misfit(operation.result, *result, operation.name), "");
  }
  EXPECT_EQ(all.size(), operations().size());
}

TEST_F(Operations, RefuseWhatIsNotDeclared) {
  for (const Operation& operation : operations()) {
    const Result<Json> result = run(operation.name, {{"no_such_thing", 1}});
    ASSERT_FALSE(result.ok()) << operation.name;
    EXPECT_EQ(result.error().code(), ErrorCode::invalid_argument);
    EXPECT_NE(result.error().message().find("no_such_thing"), std::string::npos);
    EXPECT_FALSE(run(operation.name, Json::array()).ok());
  }
}

TEST_F(Operations, NameTheArgumentAndItsLimit) {
  // Each argument of each operation with a value of a wrong type, and numbers beyond their limits.
  const std::map<std::string, Json> all = samples();
  for (const Operation& operation : operations()) {
    for (const auto& [name, schema] : operation.arguments["properties"].items()) {
      Json given = all.at(operation.name);
      given[name] = Json::object();
      const Result<Json> result = run(operation.name, given);
      ASSERT_FALSE(result.ok()) << operation.name << " " << name;
      EXPECT_NE(result.error().message().find("`" + name), std::string::npos)
          << result.error().message();
      if (!schema.contains("maximum")) continue;
      given[name] = schema["maximum"].get<double>() * 2 + 1;
      EXPECT_FALSE(run(operation.name, given).ok()) << operation.name << " " << name;
      given[name] = schema["minimum"].get<double>() - 1;
      EXPECT_FALSE(run(operation.name, given).ok()) << operation.name << " " << name;
    }
    for (const Json& name : operation.arguments.value("required", Json::array())) {
      Json given = all.at(operation.name);
      given.erase(name.get<std::string>());
      EXPECT_EQ(run(operation.name, given).error().code(), ErrorCode::invalid_argument);
    }
  }
  EXPECT_EQ(memory_->stats()->memories, 0U);
}

TEST_F(Operations, SealWhoCalledNotWhatTheCallerSays) {
  const Result<Json> block = run("remember", {{"text", "hello there"}});
  ASSERT_TRUE(block.ok()) << block.error().message();
  EXPECT_EQ((*block)["writer"], "mina");
  EXPECT_EQ((*block)["trust"], "member");
  EXPECT_EQ((*block)["channel"], "rest");
  for (const char* name : {"writer", "trust", "channel"}) {
    EXPECT_FALSE(run("remember", {{"text", "hello"}, {name, "owner"}}).ok()) << name;
  }
}

TEST(Fields, WriteWhatTheyRead) {
  const Json recall = {{"cue", "마라톤"},
                       {"top_k", 3},
                       {"arms", {"keyword", "time"}},
                       {"threshold", false},
                       {"budget_tokens", 100},
                       {"utc_offset_minutes", -90},
                       {"speakers", {"미나"}},
                       {"from", "2023-11-14T00:00:00Z"},
                       {"until", "2023-11-14T23:59:59.999Z"},
                       {"importance_min", 0.25},
                       {"include_hidden", true}};
  EXPECT_EQ(recall_fields().write(*recall_fields().read(recall)), recall);
  const Json remember = {{"text", "hello"},
                         {"kind", "fact"},
                         {"event_time", "2020-01-02T03:04:05.678Z"},
                         {"supersedes", 7}};
  EXPECT_EQ(remember_fields().write(*remember_fields().read(remember)), remember);
  const Json observe = {{"text", "hello"}, {"from_assistant", true}, {"utc_offset_minutes", 540}};
  EXPECT_EQ(observe_fields().write(*observe_fields().read(observe)), observe);
  const Json compose = {{"input", "hello"}, {"waypoints", {{{"block_index", 3}}}}};
  EXPECT_EQ(compose_fields().write(*compose_fields().read(compose)), compose);
  const Json none = {{"input", "hello"}, {"waypoints", Json::array()}};
  EXPECT_EQ(compose_fields().write(*compose_fields().read(none)), none);
  EXPECT_EQ(compose_fields().write({}), Json::object());
}

TEST_F(Operations, AreReadBackAsTheyWere) {
  remember("나는 봄에 마라톤을 하고 싶다", "talk");
  remember("어제 강가를 걸었다", "talk");
  const Json block = *run("remember", {{"text", "강가에서 새를 보았다"}, {"supersedes", 2}});
  EXPECT_EQ(block_json(read_block(block), true), block);
  const Json shown = *run("show", {{"block_index", 1}});
  EXPECT_EQ(block_json(read_block(shown), true), shown);
  const Json found = *run("recall", {{"cue", "마라톤"}, {"neighbours", true}});
  ASSERT_FALSE(found["hits"].empty());
  EXPECT_EQ(recall_json(messages_, read_recall(found)), found);
  Json noted = found;
  noted["vectors_note"] = "모델이 {} 없습니다";
  EXPECT_EQ(recall_json(messages_, read_recall(noted)), noted);
  const Json taken = *run("observe", {{"text", "마라톤을 완주했다"}, {"remember", "always"}});
  EXPECT_EQ(observe_json(read_observe(taken), "마라톤을 완주했다"), taken);
  const Json prompt = *run("compose", {{"input", "마라톤 어땠지?"}});
  EXPECT_EQ(prompt_json(read_prompt(prompt)), prompt);
  EXPECT_THROW(static_cast<void>(read_block(Json::object())), Json::exception);
}

TEST_F(Operations, ReadDaysAsWholeDays) {
  remember("said in November");
  const Json day = {{"cue", "said"}, {"from", "2023-11-14"}, {"until", "2023-11-14"}};
  EXPECT_EQ((*run("recall", day))["hits"].size(), 1U);
  const Json before = {{"cue", "said"}, {"until", "2023-11-13"}};
  EXPECT_EQ((*run("recall", before))["hits"].size(), 0U);
  EXPECT_FALSE(run("recall", {{"cue", "said"}, {"from", "soon"}}).ok());
}

/// Rows of the document's tables by the operations named in their first column.
std::map<std::string, std::string> documented() {
  std::ifstream file(MBE_SOURCE_DIR "/docs/operations.md");
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string names = line.substr(0, line.find(" | "));
    for (std::size_t at = names.find('`'); at != std::string::npos; at = names.find('`', at + 1)) {
      const std::size_t end = names.find('`', at + 1);
      rows[names.substr(at + 1, end - at - 1)] = line;
      at = end;
    }
  }
  return rows;
}

TEST(OperationsDocument, HasEveryOperationWithItsErrors) {
  const std::map<std::string, std::string> rows = documented();
  for (const Operation& operation : operations()) {
    ASSERT_TRUE(rows.contains(operation.name)) << operation.name;
    std::string errors;
    for (const ErrorCode code : operation.errors) {
      errors += (errors.empty() ? "" : ", ") + std::string(error_name(code));
    }
    const std::string end = errors.empty() ? "| |" : "| " + errors + " |";
    EXPECT_TRUE(rows.at(operation.name).ends_with(end)) << operation.name << ": " << errors;
  }
}

}  // namespace
}  // namespace mbe
