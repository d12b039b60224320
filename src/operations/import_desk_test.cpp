#include "operations/import_desk.h"

#include <sys/stat.h>

#include "base/base64.h"
#include "engine/engine_fixture.h"
#include "operations/operation.h"

namespace mbe {
namespace {

const std::string kakao =
    "모임 님과 카카오톡 대화\n\n--------------- 2026년 10월 1일 목요일 ---------------\n"
    "[미나] [오후 3:15] 오늘 5km 달렸다\n[하늘] [오후 3:16] 푹 쉬어\n[하늘] [오후 3:16] 사진\n";

class ImportOfAFile : public EngineTest {
 protected:
  Result<Json> run(const std::string& name, const Json& arguments,
                   const std::string& account = "mina", const std::string& chain = "main") {
    Call call{.engine = *engine_,
              .memory = *engine_->chain(chain),
              .chain = chain,
              .messages = messages_,
              .writer = account};
    return find_operation(name)->run(call, arguments);
  }
  std::string upload(const std::string& text, const std::string& account = "mina") {
    const auto sent = run("import_upload", {{"data", to_base64(text)}}, account);
    EXPECT_TRUE(sent.ok()) << sent.error().message();
    return (*sent)["upload_id"];
  }
  [[nodiscard]] std::size_t waiting() const {
    std::size_t out = 0;
    for (const auto& one : fs::recursive_directory_iterator(home_ / "uploads")) {
      out += one.is_regular_file() ? 1 : 0;
    }
    return out;
  }
  Catalog messages_;
};

TEST_F(ImportOfAFile, SaysWhatIsInItAndThenRemembersIt) {
  const std::string id = upload(kakao);
  const Json wish = {{"upload_id", id}, {"name", "talk.txt"}, {"zone", "+09:00"}, {"me", "미나"}};
  const Result<Json> preview = run("import_preview", wish);
  ASSERT_TRUE(preview.ok()) << preview.error().message();
  EXPECT_EQ((*preview)["format"], "kakaotalk");
  EXPECT_EQ((*preview)["items"], 2);
  EXPECT_EQ((*preview)["left_out"]["placeholder"], 1);
  EXPECT_EQ((*preview)["from"], "2026-10-01T06:15:00Z");
  EXPECT_EQ((*preview)["samples"][1]["text"], "푹 쉬어");
  EXPECT_EQ(memory_->stats()->memories, 0U);
  const Result<Json> report = run("import_file", wish);
  ASSERT_TRUE(report.ok()) << report.error().message();
  EXPECT_EQ((*report)["imported"], 2);
  EXPECT_EQ(memory_->show(1)->speaker, "오리진");
  EXPECT_EQ(memory_->show(1)->trust, "imported");
  EXPECT_EQ(waiting(), 0U) << "the file is gone";
  const Result<Json> status = run("import_status", {{"upload_id", id}});
  EXPECT_EQ((*status)["report"]["imported"], 2);
  EXPECT_EQ(run("import_file", wish).error().code(), ErrorCode::not_found);
}

TEST_F(ImportOfAFile, TakesItInPieces) {
  const std::string id = upload(kakao.substr(0, 50));
  const auto piece = [&](std::size_t offset) {
    return run("import_upload",
               {{"upload_id", id}, {"offset", offset}, {"data", to_base64(kakao.substr(offset))}});
  };
  EXPECT_EQ(piece(51).error().code(), ErrorCode::invalid_argument) << "a gap";
  EXPECT_EQ((*piece(50))["bytes"], kakao.size());
  EXPECT_EQ((*piece(50))["bytes"], kakao.size()) << "sent again";
  EXPECT_EQ((*run("import_preview", {{"upload_id", id}}))["items"], 2);
  EXPECT_EQ(run("import_upload", {{"data", "!"}}).error().code(), ErrorCode::invalid_argument);
}

TEST_F(ImportOfAFile, IsNobodyElses) {
  const std::string id = upload(kakao);
  for (const char* name : {"import_preview", "import_file", "import_status", "import_discard"}) {
    const Json wish = {{"upload_id", id}};
    EXPECT_EQ(run(name, wish, "jun").error().code(), ErrorCode::not_found) << name;
    EXPECT_EQ(run(name, wish, "mina", "other").error().code(), ErrorCode::not_found) << name;
    EXPECT_FALSE(run(name, {{"upload_id", "../" + id}}).ok()) << name;
  }
  struct stat status{};
  const auto path = ImportDesk::of(home_)->path(ImportDesk::owner_of("mina", "main"), id);
  ASSERT_EQ(stat(path->c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ImportOfAFile, GoesIntoTheMemoryOfTheCallAlone) {
  const std::string id =
      upload("{\"id\":\"1\",\"namespace\":\"person:jun\",\"text\":\"a planted memory\"}\n");
  EXPECT_EQ((*run("import_file", {{"upload_id", id}}))["imported"], 1);
  EXPECT_EQ(memory_->stats()->memories, 1U);
  EXPECT_EQ(engine_->chain("person:jun", false).error().code(), ErrorCode::not_found);
}

TEST_F(ImportOfAFile, IsRefusedBeyondItsLimits) {
  for (std::size_t i = 0; i < ImportDesk::files_max; ++i) upload("a");
  EXPECT_EQ(run("import_upload", {{"data", ""}}).error().code(), ErrorCode::limit);
  upload("a", "jun");
  const auto desk = ImportDesk::of(home_);
  const std::string owner = ImportDesk::owner_of("jun", "main");
  const std::string id = *desk->open(owner);
  EXPECT_EQ(desk->write(owner, id, ImportDesk::file_bytes_max + 1, "a").error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(desk->write(owner, std::string(32, '0'), 0, "a").error().code(), ErrorCode::not_found);
}

TEST_F(ImportOfAFile, IsImportedOnceAtATime) {
  const auto desk = ImportDesk::of(home_);
  const std::string owner = ImportDesk::owner_of("mina", "main");
  const std::string id = upload(kakao);
  ASSERT_TRUE(desk->begin(owner, id).ok());
  EXPECT_EQ(run("import_file", {{"upload_id", id}}).error().code(), ErrorCode::busy);
  EXPECT_EQ(desk->write(owner, id, 0, "a").error().code(), ErrorCode::busy);
  EXPECT_TRUE((*run("import_status", {{"upload_id", id}}))["running"]);
  ASSERT_TRUE(run("import_discard", {{"upload_id", id}}).ok());
  EXPECT_TRUE(desk->progress(owner, id)->stop.load());
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(ImportOfAFile, IsGoneAfterADay) {
  upload(kakao);
  for (const auto& one : fs::recursive_directory_iterator(home_ / "uploads")) {
    if (!one.is_regular_file()) continue;
    fs::last_write_time(one.path(), fs::file_time_type::clock::now() - std::chrono::hours(25));
  }
  upload("another", "jun");
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(ImportOfAFile, KeepsTheFileWhereNothingCouldBeRead) {
  const std::string id = upload("[{\"nothing\": 1}]");
  EXPECT_EQ(run("import_file", {{"upload_id", id}}).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ((*run("import_file", {{"upload_id", id}, {"format", "chatgpt"}}))["unreadable"], 1);
}

}  // namespace
}  // namespace mbe
