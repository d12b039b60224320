#include "echo/identity.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

class IdentityTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    folder_ = home_ / "manifest";
    fs::create_directories(folder_);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  void write_all() const {
    write("echo_identity.txt",
          "이름: 에코\n선언: 나는 에코다. 너는 나의 오리진이다.\n철학: 기억은 함께 사는 "
          "일이다.\n자유로운 글\n");
    write("origin_id.txt", "# 누구의 에코인가\nmina\n");
    write("fillin_manifest.txt", "philosophy: remembering is caring\n");
  }
  Manifests manifests() const {
    auto out = read_manifests(folder_);
    EXPECT_TRUE(out.ok()) << out.error().message();
    return out.ok() ? *out : Manifests{};
  }
  Signer signer() const { return *Signer::open(posix_file_system(), home_.string()); }

  fs::path folder_;
};

TEST_F(IdentityTest, IsFixedFromManifestsAndMemory) {
  write_all();
  const auto said =
      remember("정말 행복한 날이다. 꼭 기억하고 싶다. 우리 결혼기념일은 5월 4일이다!");
  ASSERT_TRUE(memory_->mark(said, "pin").ok());
  const auto fixed = fix_identity(*memory_, manifests(), signer(), false);
  ASSERT_TRUE(fixed.ok()) << fixed.error().message();
  EXPECT_EQ(fixed->version, 1U);
  EXPECT_EQ(fixed->name, "에코");
  EXPECT_EQ(fixed->origin, "mina");
  EXPECT_EQ(fixed->sentence, "나는 에코다. 너는 나의 오리진이다.");
  EXPECT_TRUE(fixed->is_sound);
  EXPECT_EQ(fixed->data["philosophy"].size(), 2U);
  EXPECT_EQ(fixed->data["manifests"].size(), 3U);
  EXPECT_EQ(fixed->data["totals"]["memories"], 1);
  // It stays through a restart, and is no memory that recall would bring up.
  reopen();
  EXPECT_EQ(identities(*memory_, signer())->size(), 1U);
  EXPECT_FALSE(contains(recall("에코 오리진"), fixed->block_index));
  EXPECT_EQ(memory_->stats()->memories, 1U);
}

TEST_F(IdentityTest, OnlyEvolveAddsAVersionAndEarlierOnesStay) {
  write_all();
  ASSERT_TRUE(fix_identity(*memory_, manifests(), signer(), false).ok());
  EXPECT_EQ(fix_identity(*memory_, manifests(), signer(), false).error().code(), ErrorCode::denied);
  write("echo_identity.txt", "name: Echo\ndeclaration: I am Echo, grown.\n");
  remember("something happened since");
  const auto second = fix_identity(*memory_, manifests(), signer(), true);
  ASSERT_TRUE(second.ok()) << second.error().message();
  EXPECT_EQ(second->version, 2U);
  const auto all = identities(*memory_, signer());
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).sentence, "나는 에코다. 너는 나의 오리진이다.");
  EXPECT_EQ(all->at(1).sentence, "I am Echo, grown.");
  EXPECT_TRUE(all->at(0).is_sound && all->at(1).is_sound);
  // Of the manifests only the one that changed is stored again.
  ListRequest request;
  request.filter.kinds = {"manifest"};
  request.all_kinds = true;
  std::size_t manifests_stored = 0;
  const auto blocks = memory_->list(request);
  for (const BlockView& block : *blocks) manifests_stored += block.source.empty() ? 0 : 1;
  EXPECT_EQ(manifests_stored, 4U);
}

TEST_F(IdentityTest, ASignatureOfAnotherKeyOrTextIsNotSound) {
  const Signer own = signer();
  const std::string signature = own.sign("I am Echo");
  EXPECT_TRUE(is_signed_by(own.public_key(), signature, "I am Echo"));
  EXPECT_FALSE(is_signed_by(own.public_key(), signature, "I am echo"));
  EXPECT_FALSE(is_signed_by(std::string(64, '0'), signature, "I am Echo"));
  EXPECT_FALSE(is_signed_by("", "", ""));
  EXPECT_FALSE(is_signed_by(own.public_key(), std::string(128, 'x'), "I am Echo"));
  // Whoever can append to the log cannot sign: the block is there, but not sound.
  ASSERT_TRUE(memory_
                  ->record({.kind = "identity",
                            .text = "I am another",
                            .data = R"({"version":9,"key":")" + own.public_key() +
                                    R"(","signature":")" + signature + R"("})"})
                  .ok());
  EXPECT_FALSE(identities(*memory_, signer())->at(0).is_sound);
  // Nor does a key of one's own help.
  write_all();
  fs::create_directories(home_ / "other");
  const Signer other = *Signer::open(posix_file_system(), (home_ / "other").string());
  ASSERT_TRUE(fix_identity(*memory_, manifests(), other, true).ok());
  EXPECT_FALSE(identities(*memory_, signer())->at(1).is_sound);
  EXPECT_TRUE(identities(*memory_, other)->at(1).is_sound);
}

TEST_F(IdentityTest, DataOfAnotherFormIsNotSound) {
  for (const char* data : {R"({"version":"1"})", R"({"version":1,"name":[],"origin":"mina"})",
                           R"({"version":1,"name":"Echo","origin":"mina","signature":null})"}) {
    ASSERT_TRUE(memory_->record({.kind = "identity", .text = "I am another", .data = data}).ok());
  }
  const auto all = identities(*memory_, signer());
  ASSERT_TRUE(all.ok()) << all.error().message();
  ASSERT_EQ(all->size(), 3U);
  for (const Identity& one : *all) EXPECT_FALSE(one.is_sound);
}

TEST_F(IdentityTest, KeepsItsKeyToItself) {
  const std::string first = signer().public_key();
  EXPECT_EQ(signer().public_key(), first);
  struct stat status{};
  ASSERT_EQ(::stat((home_ / "identity.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::ofstream(home_ / "identity.key") << "short";
  EXPECT_EQ(Signer::open(posix_file_system(), home_.string()).error().code(), ErrorCode::corrupt);
}

TEST_F(IdentityTest, SaysWhatIsMissingOrWrong) {
  EXPECT_EQ(manifests().missing.size(), 3U);
  EXPECT_EQ(fix_identity(*memory_, manifests(), signer(), false).error().code(),
            ErrorCode::unavailable);
  write_all();
  write("origin_id.txt", "\n# nobody\n");
  EXPECT_EQ(read_manifests(folder_).error().code(), ErrorCode::invalid_argument);
  write("origin_id.txt", "origin: mina\n");
  EXPECT_EQ(manifests().origin, "mina");
  write("echo_identity.txt", "\xff\xfe");
  EXPECT_EQ(read_manifests(folder_).error().code(), ErrorCode::invalid_argument);
  write("echo_identity.txt", std::string(300'000, 'x'));
  EXPECT_EQ(read_manifests(folder_).error().code(), ErrorCode::limit);
  EXPECT_EQ(memory_->record({.kind = "utterance", .text = "x"}).error().code(),
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace mbe
