#include "store/local/chain_fixture.h"

namespace mbe {
namespace {

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

TEST_F(ChainTest, IsReadOnlyOnceAnOldBlockWasEdited) {
  {
    const auto chain = open();
    fill(*chain, 4);
  }
  std::string bytes = files_.contents("c/log/000000.seg.jsonl");
  const std::size_t second = bytes.find("\"seq\":2");
  bytes[second + 6] = '7';
  files_.set_contents("c/log/000000.seg.jsonl", bytes);
  const auto chain = open();
  ASSERT_TRUE(chain->damage().has_value());
  EXPECT_EQ(chain->damage()->sequence, 2U);
  EXPECT_EQ(chain->append(say("more")).error().code(), ErrorCode::corrupt);
  EXPECT_EQ(chain->read(1)->payload.text, "0");
  EXPECT_EQ(chain->read(4)->payload.text, "3");
}

TEST_F(ChainTest, VerifyCanBeCancelled) {
  const auto chain = open();
  std::stop_source stop;
  stop.request_stop();
  const VerifyReport report = chain->verify({false, [](std::uint64_t) {}, stop.get_token()});
  EXPECT_TRUE(report.cancelled);
  EXPECT_FALSE(report.ok());
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
