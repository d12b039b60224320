#include "store/local/chain_fixture.h"

namespace mbe {
namespace {

TEST_F(ChainTest, ErasesForEveryReader) {
  const auto chain = open();
  fill(*chain, 10);
  const auto other = open();
  int purged = 0;
  const auto erased = chain->erase({{{3, 4}, {7, 7}}, "asked", "me", {}}, [&](const Erasure& what) {
    ++purged;
    EXPECT_EQ(what.ranges.size(), 2U);
    EXPECT_TRUE(chain->is_erased(3));
    return Result<std::vector<std::string>>({"a backup"});
  });
  ASSERT_TRUE(erased.ok()) << erased.error().message();
  EXPECT_EQ(purged, 1);
  EXPECT_TRUE(erased->done);
  for (const std::uint64_t sequence : {3U, 4U, 7U}) {
    EXPECT_EQ(chain->read(sequence)->state, BlockState::erased);
    EXPECT_TRUE(chain->read(sequence)->payload.text.empty());
  }
  EXPECT_EQ(chain->read(5)->payload.text, "4");
  EXPECT_EQ(chain->read(12)->payload.text, "a backup");
  ASSERT_TRUE(other->refresh().ok());
  EXPECT_EQ(other->read(3)->state, BlockState::erased);
  EXPECT_EQ(other->read(6)->state, BlockState::ok);
  EXPECT_TRUE(chain->verify({.open_payloads = true}).ok());
  EXPECT_EQ(chain->verify().erased, 3U);
  const auto again = open();
  EXPECT_EQ(again->read(7)->state, BlockState::erased);
  ASSERT_EQ(again->erasures().size(), 1U);
}

TEST_F(ChainTest, RefusesReferencesToErasedBlocks) {
  const auto chain = open();
  fill(*chain, 3);
  Payload reply = say("reply");
  reply.refs = {{2, "", ""}};
  EXPECT_TRUE(chain->append(reply).ok());
  ASSERT_TRUE(chain->erase({{{2, 2}}, "", "", {}}, nothing()).ok());
  EXPECT_EQ(chain->append(reply).error().code(), ErrorCode::denied);
}

TEST_F(ChainTest, RefusesToEraseWhatMustStay) {
  const auto chain = open();
  fill(*chain, 5);
  const auto code = [&](std::vector<SequenceRange> ranges) {
    const auto result = chain->erase({std::move(ranges), "", "", {}}, nothing());
    return result.ok() ? std::optional<ErrorCode>() : result.error().code();
  };
  EXPECT_EQ(code({}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({{0, 1}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({{4, 3}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({{4, 6}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({{1, 1}}), std::nullopt);
  EXPECT_EQ(code({{6, 6}}), ErrorCode::invalid_argument);  // the erase block
  std::vector<Payload> many(10'000, say("x"));
  ASSERT_TRUE(chain->append_many(many).ok());
  std::vector<SequenceRange> apart;
  for (std::uint64_t at = 8; at < 10'000; at += 2) apart.push_back({at, at});
  EXPECT_EQ(code(apart), ErrorCode::limit);
}

TEST_F(ChainTest, ScrubsErasedBlocksAndKeepsTheirHashes) {
  const auto chain = open();
  fill(*chain, 10);
  const Digest hash = *chain->hash_of(4);
  ASSERT_TRUE(chain->erase({{{4, 5}}, "", "", {}}, nothing()).ok());
  ASSERT_TRUE(chain->scrub().ok());
  EXPECT_EQ(*chain->hash_of(4), hash);
  EXPECT_EQ(chain->read(4)->state, BlockState::erased);
  EXPECT_NE(files_.contents("c/log/000000.seg.jsonl").find("~~~~"), std::string::npos);
  EXPECT_TRUE(chain->verify().ok());
  EXPECT_TRUE(chain->append(say("after")).ok());
  EXPECT_TRUE(chain->scrub().ok());
  EXPECT_TRUE(open()->verify({.open_payloads = true}).ok());
}

TEST_F(ChainTest, ResumesAPurgeThatFailed) {
  {
    const auto chain = open();
    fill(*chain, 3);
    const auto erased = chain->erase({{{2, 2}}, "", "", {}}, [](const Erasure&) {
      return Result<std::vector<std::string>>(fail(ErrorCode::io, "no"));
    });
    EXPECT_EQ(erased.error().code(), ErrorCode::io);
    EXPECT_EQ(chain->read(2)->state, BlockState::erased);
  }
  const auto chain = open();
  EXPECT_FALSE(chain->erasures()[0].done);
  EXPECT_EQ(chain->resume_erasures(nothing())->size(), 1U);
  EXPECT_TRUE(chain->erasures()[0].done);
  EXPECT_EQ(chain->resume_erasures(nothing())->size(), 0U);
  EXPECT_EQ(open()->resume_erasures(nothing())->size(), 0U);
}

TEST_F(ChainTest, RefusesTextsThatWereForgottenSo) {
  const auto chain = open();
  fill(*chain, 2);
  EXPECT_FALSE(chain->is_refused("secret"));
  ASSERT_TRUE(chain->erase({{{1, 1}}, "", "", {"secret", "other", "secret"}}, nothing()).ok());
  EXPECT_TRUE(chain->is_refused("secret"));
  EXPECT_FALSE(chain->is_refused("Secret"));
  EXPECT_TRUE(open()->is_refused("other"));
}

TEST_F(ChainTest, BeginsANewEpochAtItsBorder) {
  const auto chain = open();
  const std::vector<Payload> many(66'000, say("x"));
  ASSERT_TRUE(chain->append_many(many).ok());
  EXPECT_EQ(chain->read(65'535)->header.epoch, 0U);
  EXPECT_EQ(chain->read(65'536)->header.epoch, 1U);
  ASSERT_TRUE(chain->erase({{{65'530, 65'540}}, "", "", {}}, nothing()).ok());
  EXPECT_EQ(chain->read(1)->state, BlockState::ok);  // the same leaf as 65,537
  EXPECT_EQ(chain->read(65'529)->state, BlockState::ok);
  EXPECT_EQ(chain->read(65'541)->state, BlockState::ok);
  EXPECT_TRUE(chain->verify({.open_payloads = true}).ok());
}

TEST_F(ChainTest, GivesUpItsBallastToErase) {
  ChainOptions with = options();
  with.ballast = "ballast";
  const auto chain = open_chain(with);
  fill(**chain, 2);
  EXPECT_TRUE(*files_.exists("ballast"));
  for (std::uint64_t call = 1; call < 40; ++call) {
    files_.fail_call(call, Fault::no_space, false);
    const auto erased = (*chain)->erase({{{1, 1}}, "", "", {}}, nothing());
    files_.fail_nothing();
    if (!*files_.exists("ballast")) {
      EXPECT_TRUE(erased.ok());
      break;
    }
  }
  EXPECT_FALSE(*files_.exists("ballast"));
}

}  // namespace
}  // namespace mbe
