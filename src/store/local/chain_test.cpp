#include "store/chain.h"

#include <gtest/gtest.h>

#include "block/line.h"
#include "fs/faulty.h"
#include "store/local/open_chain.h"

namespace mbe {
namespace {

const std::string id = "abcdefghijklmnopqrstuvwxyz";
const std::string other_id = "bbcdefghijklmnopqrstuvwxyz";

Payload say(std::string text) {
  Payload payload;
  payload.text = std::move(text);
  return payload;
}

class ChainTest : public testing::Test {
 protected:
  ChainOptions options() {
    ChainOptions out{files_, clock_, id, "c", [] { return Result<Bytes32>(Bytes32{9}); }};
    out.genesis.kind = Kind::manifest;
    out.genesis.text = "mine";
    out.lock_wait_ms = 0;
    return out;
  }
  std::unique_ptr<Chain> open() {
    auto chain = open_chain(options());
    EXPECT_TRUE(chain.ok()) << (chain.ok() ? "" : chain.error().message());
    return chain.ok() ? std::move(*chain) : nullptr;
  }
  static Purge nothing() {
    return [](const Erasure&) { return Result<std::vector<std::string>>({}); };
  }
  static void fill(Chain& chain, int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(chain.append(say(std::to_string(i))).ok());
  }

  FaultyFileSystem files_{1};
  FakeClock clock_{1'000};
};

TEST_F(ChainTest, BeginsWithItsGenesis) {
  const auto chain = open();
  EXPECT_EQ(chain->head().sequence, 0U);
  const Result<Block> genesis = chain->read(0);
  ASSERT_TRUE(genesis.ok());
  EXPECT_EQ(genesis->state, BlockState::ok);
  EXPECT_EQ(genesis->payload.text, "mine");
  EXPECT_EQ(genesis->header.block_class, BlockClass::genesis);
  EXPECT_TRUE(chain->verify().ok());
}

TEST_F(ChainTest, ReadsWhatWasAppendedAlsoAfterReopening) {
  Receipt receipt;
  {
    const auto chain = open();
    receipt = *chain->append(say("hello"));
    EXPECT_EQ(receipt.sequence, 1U);
    EXPECT_EQ(chain->head().hash, receipt.hash);
  }
  const auto chain = open();
  const Result<Block> block = chain->read(1);
  ASSERT_TRUE(block.ok());
  EXPECT_EQ(block->state, BlockState::ok);
  EXPECT_EQ(block->payload.text, "hello");
  EXPECT_EQ(block->payload.recorded_ms, 1'000);
  EXPECT_EQ(block->hash, receipt.hash);
  EXPECT_EQ(*chain->hash_of(1), receipt.hash);
  EXPECT_EQ(chain->read(2).error().code(), ErrorCode::not_found);
}

TEST_F(ChainTest, FlagsAClockThatStepsBack) {
  const auto chain = open();
  clock_.set_ms(500);
  ASSERT_TRUE(chain->append(say("early")).ok());
  clock_.set_ms(800);
  ASSERT_TRUE(chain->append(say("still early")).ok());
  clock_.set_ms(1'000);
  ASSERT_TRUE(chain->append(say("late")).ok());
  EXPECT_TRUE(chain->read(1)->payload.clock_stepped_back);
  EXPECT_TRUE(chain->read(2)->payload.clock_stepped_back);
  EXPECT_FALSE(chain->read(3)->payload.clock_stepped_back);
}

TEST_F(ChainTest, RemembersTheHighestTimeAfterReopening) {
  {
    ASSERT_TRUE(open()->append(say("x")).ok());
  }
  clock_.set_ms(500);
  {
    EXPECT_TRUE(open()->append(say("back")).ok());
  }
  clock_.set_ms(900);
  const auto chain = open();
  ASSERT_TRUE(chain->append(say("still back")).ok());
  EXPECT_TRUE(chain->read(3)->payload.clock_stepped_back);
}

TEST_F(ChainTest, AppendsManyAndRefusesSome) {
  const auto chain = open();
  std::vector<Payload> payloads;
  for (int i = 0; i < 700; ++i) payloads.push_back(say(std::to_string(i)));
  payloads[3].text = "\xff";
  payloads[400].refs = {{9'999, "", ""}};
  payloads[500].text = std::string(payload_bytes_max, 'x');
  const auto results = chain->append_many(payloads);
  ASSERT_TRUE(results.ok());
  ASSERT_EQ(results->size(), 700U);
  EXPECT_EQ((*results)[3].error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ((*results)[400].error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ((*results)[500].error().code(), ErrorCode::limit);
  EXPECT_EQ(chain->head().sequence, 697U);
  EXPECT_EQ((*results)[699]->sequence, 697U);
  std::uint64_t next = 0;
  ASSERT_TRUE(chain
                  ->scan(0, UINT64_MAX,
                         [&](const Block& block) {
                           EXPECT_EQ(block.state, BlockState::ok);
                           return block.sequence == next++;
                         })
                  .ok());
  EXPECT_EQ(next, 698U);
  EXPECT_TRUE(chain->verify({.open_payloads = true}).ok());
}

TEST_F(ChainTest, RefusesAPayloadItCannotRead) {
  const auto chain = open();
  EXPECT_EQ(chain->append(say("\xff")).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(chain->append(say(std::string(payload_bytes_max + 1, 'x'))).error().code(),
            ErrorCode::limit);
  EXPECT_EQ(chain->head().sequence, 0U);
}

TEST_F(ChainTest, SeesAnotherProcess) {
  const auto first = open();
  const auto second = open();
  const Receipt receipt = *first->append(say("from the first"));
  EXPECT_EQ(second->head().sequence, 0U);
  ASSERT_TRUE(second->refresh().ok());
  EXPECT_EQ(second->head(), (Head{1, receipt.hash}));
  EXPECT_EQ(second->read(1)->payload.text, "from the first");
  ASSERT_TRUE(second->append(say("from the second")).ok());
  ASSERT_TRUE(first->append(say("again from the first")).ok());
  EXPECT_EQ(first->head().sequence, 3U);
  EXPECT_EQ(first->read(2)->payload.text, "from the second");
  EXPECT_TRUE(first->verify().ok());
}

TEST_F(ChainTest, SaysBusyWhenAnotherProcessHoldsTheLog) {
  const auto chain = open();
  const auto file = files_.open("c/log/lock", OpenMode::create);
  ASSERT_TRUE(*(*file)->try_lock(0));
  EXPECT_EQ(chain->append(say("x")).error().code(), ErrorCode::busy);
  (*file)->unlock(0);
  EXPECT_TRUE(chain->append(say("x")).ok());
}

TEST_F(ChainTest, RotatesSegments) {
  ChainOptions small = options();
  small.segment_bytes_max = 4'000;
  {
    const auto chain = open_chain(small);
    fill(**chain, 20);
    EXPECT_TRUE((*chain)->verify().ok());
  }
  EXPECT_TRUE(*files_.exists("c/log/000004.seg.jsonl"));
  const auto chain = open_chain(small);
  EXPECT_EQ((*chain)->head().sequence, 20U);
  EXPECT_EQ((*chain)->read(20)->payload.text, "19");
  EXPECT_TRUE((*chain)->verify().ok());
}

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

TEST_F(ChainTest, ReadOnlyChangesNothing) {
  ChainOptions reading = options();
  reading.read_only = true;
  EXPECT_EQ(open_chain(reading).error().code(), ErrorCode::not_found);
  {
    fill(*open(), 3);
  }
  const std::uint64_t calls_before = files_.paths().size();
  const auto chain = open_chain(reading);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ((*chain)->read(3)->payload.text, "2");
  EXPECT_EQ((*chain)->append(say("x")).error().code(), ErrorCode::denied);
  EXPECT_TRUE((*chain)->verify().ok());
  EXPECT_EQ(files_.paths().size(), calls_before);
}

TEST_F(ChainTest, NeedsItsKeys) {
  {
    fill(*open(), 1);
  }
  ChainOptions wrong = options();
  wrong.root_key = [] { return Result<Bytes32>(Bytes32{8}); };
  EXPECT_EQ(open_chain(wrong).error().code(), ErrorCode::unavailable);
  for (const std::string& path : files_.paths()) {
    if (!path.starts_with("c/keys/")) continue;
    ASSERT_TRUE(files_.remove(path).ok());
  }
  EXPECT_EQ(open_chain(options()).error().code(), ErrorCode::unavailable);
  ChainOptions reading = options();
  reading.read_only = true;
  const auto chain = open_chain(reading);
  ASSERT_TRUE(chain.ok());
  EXPECT_EQ((*chain)->read(1)->state, BlockState::key_missing);
}

TEST_F(ChainTest, RefusesAnotherChainsLog) {
  {
    fill(*open(), 1);
  }
  ChainOptions other = options();
  other.id = other_id;
  EXPECT_FALSE(open_chain(other).ok());
  other.id = "no id";
  EXPECT_EQ(open_chain(other).error().code(), ErrorCode::invalid_argument);
}

TEST_F(ChainTest, IsReadOnlyWhereAcknowledgedBlocksAreDamaged) {
  {
    fill(*open(), 9);
  }
  std::string bytes = files_.contents("c/log/000000.seg.jsonl");
  const std::size_t at = bytes.find("\"seq\":4") + 600;
  bytes[at] = bytes[at] == 'A' ? 'B' : 'A';
  files_.set_contents("c/log/000000.seg.jsonl", bytes);
  ASSERT_TRUE(files_.remove("c/derived/offsets").ok());
  const auto chain = open();
  ASSERT_TRUE(chain->damage().has_value());
  EXPECT_EQ(chain->damage()->sequence, 4U);
  EXPECT_EQ(chain->append(say("x")).error().code(), ErrorCode::corrupt);
  EXPECT_EQ(chain->read(4)->state, BlockState::corrupt);
  EXPECT_EQ(chain->read(9)->payload.text, "8");
  const VerifyReport report = chain->verify();
  EXPECT_EQ(report.first_bad, 4U);
  EXPECT_FALSE(report.ok());
}

TEST_F(ChainTest, FindsALogThatWasCutShort) {
  {
    fill(*open(), 9);
  }
  const std::string bytes = files_.contents("c/log/000000.seg.jsonl");
  files_.set_contents("c/log/000000.seg.jsonl", bytes.substr(0, bytes.size() - 1'500));
  const auto chain = open();
  ASSERT_TRUE(chain->damage().has_value());
  EXPECT_EQ(chain->damage()->sequence, 8U);
}

TEST_F(ChainTest, FindsALogShorterThanIsKnownElsewhere) {
  {
    fill(*open(), 3);
  }
  ChainOptions knowing = options();
  knowing.known_count = 10;
  EXPECT_TRUE((*open_chain(knowing))->damage().has_value());
  knowing.known_count = 4;
  EXPECT_FALSE((*open_chain(knowing))->damage().has_value());
}

TEST_F(ChainTest, PutsATornTailIntoQuarantine) {
  {
    fill(*open(), 3);
  }
  const std::string bytes = files_.contents("c/log/000000.seg.jsonl");
  files_.set_contents("c/log/000000.seg.jsonl", bytes + "{\"h\":{torn");
  const auto chain = open();
  EXPECT_FALSE(chain->damage().has_value());
  EXPECT_EQ(chain->head().sequence, 3U);
  EXPECT_EQ(files_.list("c/quarantine")->size(), 1U);
  EXPECT_TRUE(chain->append(say("more")).ok());
  EXPECT_TRUE(chain->verify().ok());
}

TEST_F(ChainTest, VerifyCanBeCancelled) {
  const auto chain = open();
  std::stop_source stop;
  stop.request_stop();
  const VerifyReport report = chain->verify({false, [](std::uint64_t) {}, stop.get_token()});
  EXPECT_TRUE(report.cancelled);
  EXPECT_FALSE(report.ok());
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

TEST_F(ChainTest, AppendsWithoutWaitingForTheDisk) {
  const auto chain = open();
  ASSERT_TRUE(chain->append(say("quick"), Durability::os).ok());
  EXPECT_EQ(chain->read(1)->payload.text, "quick");
  ASSERT_TRUE(chain->checkpoint().ok());
  EXPECT_TRUE(chain->verify().ok());
}

}  // namespace
}  // namespace mbe
