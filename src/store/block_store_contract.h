// The suite every BlockStore passes. A driver's test instantiates it with a fixture type:
//   struct MyDriver { std::unique_ptr<BlockStore> open(); };   // each call opens the same store
//   INSTANTIATE_TYPED_TEST_SUITE_P(My, BlockStoreContract, MyDriver);
// Nothing here assumes files. Only for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "block/line.h"
#include "block/seal.h"
#include "store/block_store.h"

namespace mbe {

inline const std::string contract_chain = "abcdefghijklmnopqrstuvwxyz";

/// Seals under one fixed key; refuses drafts whose text is "refuse".
class ContractSealer final : public Sealer {
 public:
  Result<void> begin_group(const Position&, std::size_t) override {
    if (refuse_group) return Error(ErrorCode::denied, "not now", {});
    return {};
  }
  Result<SealedBlock> seal(const Position& at, const Draft& draft, std::string& out) override {
    if (draft.payload->text == "refuse") return Error(ErrorCode::denied, "refused", {});
    Header header;
    header.chain = contract_chain;
    header.sequence = at.sequence;
    header.prev = at.sequence == 0 ? genesis_prev(contract_chain) : at.prev;
    header.synced = at.synced;
    header.block_class = at.sequence == 0 ? BlockClass::genesis : draft.block_class;
    header.erases = draft.erases;
    MBE_ASSIGN(const Digest hash, seal_block(header, BlockKeys(), serialise(*draft.payload), out));
    return SealedBlock{hash, 0};
  }
  bool refuse_group = false;
};

template <class Driver>
class BlockStoreContract : public testing::Test {
 protected:
  static std::vector<Payload> texts(std::size_t count) {
    std::vector<Payload> out(count);
    for (std::size_t i = 0; i < count; ++i) out[i].text = std::to_string(i);
    return out;
  }
  static std::vector<Draft> drafts(const std::vector<Payload>& payloads) {
    std::vector<Draft> out;
    for (const Payload& payload : payloads) out.push_back({BlockClass::data, {}, &payload});
    return out;
  }
  std::vector<Result<Receipt>> append(BlockStore& store, const std::vector<Payload>& payloads) {
    auto results = store.append(drafts(payloads), sealer_, Durability::synced);
    EXPECT_TRUE(results.ok()) << (results.ok() ? "" : results.error().message());
    return results.ok() ? *results : std::vector<Result<Receipt>>();
  }
  Driver driver_;
  ContractSealer sealer_;
};
TYPED_TEST_SUITE_P(BlockStoreContract);

TYPED_TEST_P(BlockStoreContract, IsEmptyAtFirst) {
  const auto store = this->driver_.open();
  EXPECT_FALSE(store->head().has_value());
  EXPECT_EQ(store->read(0).error().code(), ErrorCode::not_found);
  EXPECT_TRUE(this->append(*store, {}).empty());
}

TYPED_TEST_P(BlockStoreContract, KeepsLinesInOrderAlsoAfterReopening) {
  std::vector<Result<Receipt>> receipts;
  {
    const auto store = this->driver_.open();
    receipts = this->append(*store, this->texts(600));
    ASSERT_EQ(receipts.size(), 600U);
  }
  const auto store = this->driver_.open();
  ASSERT_EQ(store->head(), (Head{599, receipts.back()->hash}));
  Digest prev = genesis_prev(contract_chain);
  for (std::uint64_t i = 0; i < 600; ++i) {
    EXPECT_EQ(receipts[i]->sequence, i);
    const auto line = store->read(i);
    ASSERT_TRUE(line.ok());
    const auto checked = check_line(*line);
    ASSERT_TRUE(checked.ok());
    EXPECT_EQ(checked->hash, receipts[i]->hash);
    EXPECT_EQ(checked->header.prev, prev);
    prev = checked->hash;
  }
}

TYPED_TEST_P(BlockStoreContract, RefusesADraftWithoutStoppingTheOthers) {
  const auto store = this->driver_.open();
  std::vector<Payload> payloads = this->texts(3);
  payloads[1].text = "refuse";
  const auto results = this->append(*store, payloads);
  EXPECT_EQ(results[1].error().code(), ErrorCode::denied);
  EXPECT_EQ(results[2]->sequence, 1U);
  EXPECT_EQ(store->head()->sequence, 1U);
}

TYPED_TEST_P(BlockStoreContract, RefusesAGroupAsAWhole) {
  const auto store = this->driver_.open();
  this->sealer_.refuse_group = true;
  const std::vector<Payload> payloads = this->texts(2);
  const auto results = store->append(this->drafts(payloads), this->sealer_, Durability::synced);
  EXPECT_EQ(results.error().code(), ErrorCode::denied);
  EXPECT_FALSE(store->head().has_value());
}

TYPED_TEST_P(BlockStoreContract, ShowsOthersWhatWasAcknowledged) {
  const auto first = this->driver_.open();
  const auto second = this->driver_.open();
  this->append(*first, this->texts(2));
  ASSERT_TRUE(second->refresh().ok());
  EXPECT_EQ(second->head(), first->head());
  EXPECT_EQ(*second->read(1), *first->read(1));
  const auto results = this->append(*second, this->texts(1));
  EXPECT_EQ(results[0]->sequence, 2U);
  EXPECT_EQ(this->append(*first, this->texts(1))[0]->sequence, 3U);
}

TYPED_TEST_P(BlockStoreContract, ListsEraseBlocks) {
  const auto store = this->driver_.open();
  this->append(*store, this->texts(3));
  const Payload reason;
  const Draft draft{BlockClass::erase, {{1, 1}}, &reason};
  ASSERT_TRUE(store->append(std::span(&draft, 1), this->sealer_, Durability::synced).ok());
  EXPECT_EQ(store->erase_blocks(0), std::vector<std::uint64_t>{3});
  EXPECT_TRUE(store->erase_blocks(1).empty());
  EXPECT_EQ(this->driver_.open()->erase_blocks(0), std::vector<std::uint64_t>{3});
}

TYPED_TEST_P(BlockStoreContract, ScrubsForGood) {
  const auto store = this->driver_.open();
  this->append(*store, this->texts(5));
  const std::vector<SequenceRange> ranges{{1, 2}};
  const auto hash = check_line(*store->read(1))->hash;
  ASSERT_TRUE(store->scrub(ranges).ok());
  ASSERT_TRUE(store->scrub(ranges).ok());
  const auto checked = check_line(*store->read(1));
  EXPECT_TRUE(checked->is_scrubbed);
  EXPECT_EQ(checked->hash, hash);
  EXPECT_FALSE(check_line(*store->read(3))->is_scrubbed);
  this->append(*store, this->texts(1));
  const auto again = this->driver_.open();
  EXPECT_TRUE(check_line(*again->read(2))->is_scrubbed);
  EXPECT_EQ(again->head()->sequence, 5U);
}

TYPED_TEST_P(BlockStoreContract, VerifyVisitsEveryLineOnce) {
  const auto store = this->driver_.open();
  this->append(*store, this->texts(10));
  std::uint64_t next = 0;
  ASSERT_TRUE(store
                  ->verify([&](std::uint64_t sequence, std::string_view line) {
                    EXPECT_EQ(sequence, next++);
                    return check_line(line).ok();
                  })
                  .ok());
  EXPECT_EQ(next, 10U);
}

TYPED_TEST_P(BlockStoreContract, TakesAppendsFromManyThreads) {
  constexpr std::size_t threads = 8;
  constexpr std::size_t each = 50;
  const auto store = this->driver_.open();
  {
    std::vector<std::jthread> running;
    for (std::size_t t = 0; t < threads; ++t) {
      running.emplace_back([&] {
        for (std::size_t i = 0; i < each; ++i) this->append(*store, this->texts(1));
      });
    }
  }
  EXPECT_EQ(store->head()->sequence, threads * each - 1);
  EXPECT_TRUE(store->verify([](std::uint64_t, std::string_view) { return true; }).ok());
}

TYPED_TEST_P(BlockStoreContract, KeepsWhatWasGivenToTheOperatingSystem) {
  const auto store = this->driver_.open();
  const std::vector<Payload> payloads = this->texts(3);
  ASSERT_TRUE(store->append(this->drafts(payloads), this->sealer_, Durability::os).ok());
  EXPECT_EQ(store->head()->sequence, 2U);
  ASSERT_TRUE(store->checkpoint().ok());
  EXPECT_EQ(this->driver_.open()->head()->sequence, 2U);
}

REGISTER_TYPED_TEST_SUITE_P(BlockStoreContract, IsEmptyAtFirst, KeepsLinesInOrderAlsoAfterReopening,
                            RefusesADraftWithoutStoppingTheOthers, RefusesAGroupAsAWhole,
                            ShowsOthersWhatWasAcknowledged, ListsEraseBlocks, ScrubsForGood,
                            VerifyVisitsEveryLineOnce, TakesAppendsFromManyThreads,
                            KeepsWhatWasGivenToTheOperatingSystem);

}  // namespace mbe
