#include "index/attribute/index.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/attribute/flags.h"

namespace mbe {
namespace {

class Attribute3 : public testing::Test {
 protected:
  void SetUp() override {
    index_ = *AttributeIndex::open(fs_, "a");
    const std::vector<AttributeRecord> records{{.sequence = 2,
                                                .speaker = "민수",
                                                .session = "s1",
                                                .source = "D1:1",
                                                .day = 10,
                                                .importance = 0.25f,
                                                .recorded_ms = 100,
                                                .tags = {"부정적", "종결"},
                                                .keywords = {"실패"}},
                                               {.sequence = 4,
                                                .kind = Kind::answer,
                                                .trust = Trust::agent,
                                                .speaker = "에코",
                                                .session = "s1",
                                                .channel = "cli",
                                                .day = 11,
                                                .recorded_ms = 90},
                                               {.sequence = 7,
                                                .speaker = "민수",
                                                .session = "s2",
                                                .day = 11,
                                                .recorded_ms = 300,
                                                .event_ms = 50,
                                                .tags = {"부정적"}}};
    ASSERT_TRUE(index_->append(records, {.sequence = 8, .hash = {1}}).ok());
  }
  [[nodiscard]] SequenceSet select(const AttributeFilter& filter) const {
    return *index_->snapshot()->select(filter);
  }
  FaultyFileSystem fs_{1};
  std::unique_ptr<AttributeIndex> index_;
};

TEST_F(Attribute3, SelectsByEveryCondition) {
  EXPECT_EQ(select({}), (SequenceSet{2, 4, 7}));
  EXPECT_EQ(select({.any_tags = {"종결", "없음"}}), SequenceSet{2});
  EXPECT_EQ(select({.all_tags = {"부정적", "종결"}}), SequenceSet{2});
  EXPECT_EQ(select({.no_tags = {"종결"}}), (SequenceSet{4, 7}));
  EXPECT_EQ(select({.any_keywords = {"실패"}}), SequenceSet{2});
  EXPECT_EQ(select({.all_keywords = {"실패", "시작"}}), SequenceSet{});
  EXPECT_EQ(select({.speakers = {"에코"}}), SequenceSet{4});
  EXPECT_EQ(select({.sessions = {"s2"}}), SequenceSet{7});
  EXPECT_EQ(select({.sources = {"D1:1"}}), SequenceSet{2});
  EXPECT_EQ(select({.channels = {"cli"}}), SequenceSet{4});
  EXPECT_EQ(select({.kinds = {Kind::answer}}), SequenceSet{4});
  EXPECT_EQ(select({.trusts = {Trust::owner}}), (SequenceSet{2, 7}));
  EXPECT_EQ(select({.from_ms = 60, .until_ms = 95}), SequenceSet{4});
  EXPECT_EQ(select({.from_day = 11, .until_day = 11}), (SequenceSet{4, 7}));
  EXPECT_EQ(select({.importance_min = 0.25f}), SequenceSet{2});
}

TEST_F(Attribute3, TakesAsOfByTheRunningMaximumOfTheClock) {
  const auto snapshot = index_->snapshot();
  EXPECT_EQ(*snapshot->as_of(99), std::nullopt);
  EXPECT_EQ(*snapshot->as_of(100), 4u);
  EXPECT_EQ(*snapshot->as_of(300), 7u);
  EXPECT_EQ(select({.recorded_until_ms = 299}), (SequenceSet{2, 4}));
  EXPECT_EQ(select({.recorded_until_ms = 1}), SequenceSet{});
}

TEST_F(Attribute3, GivesRecordsAndNumbers) {
  const auto record = **index_->snapshot()->record(2);
  EXPECT_EQ(record.speaker, "민수");
  EXPECT_EQ(record.source, "D1:1");
  EXPECT_EQ(record.tags, (std::vector<std::string>{"부정적", "종결"}));
  EXPECT_EQ(record.event_ms, std::nullopt);
  EXPECT_EQ(*index_->snapshot()->record(3), std::nullopt);
  const std::vector<std::uint64_t> wanted{7, 3};
  const auto numbers = *index_->snapshot()->numbers(wanted);
  EXPECT_EQ(numbers[0]->time_ms(), 50);
  EXPECT_EQ(numbers[1], std::nullopt);
}

TEST_F(Attribute3, CountsValuesMostFirst) {
  const auto snapshot = index_->snapshot();
  EXPECT_EQ(*snapshot->values(Field::tag), (std::vector<ValueCount>{{"부정적", 2}, {"종결", 1}}));
  EXPECT_EQ(*snapshot->values(Field::kind),
            (std::vector<ValueCount>{{"utterance", 2}, {"answer", 1}}));
  EXPECT_EQ(*snapshot->values(Field::day), (std::vector<ValueCount>{{"11", 2}, {"10", 1}}));
  EXPECT_EQ(*snapshot->values(Field::channel), (std::vector<ValueCount>{{"cli", 1}}));
  EXPECT_EQ(*snapshot->with_value(Field::session, "s1"), (SequenceSet{2, 4}));
  EXPECT_EQ(*snapshot->with_value(Field::session, ""), SequenceSet{});
  EXPECT_EQ(snapshot->with_value(Field::kind, "answer").error().code(),
            ErrorCode::invalid_argument);
}

TEST_F(Attribute3, GivesNeighboursOfTheSameSession) {
  EXPECT_EQ(*index_->snapshot()->neighbours(4, 2), (Neighbours{{2}, {}}));
  EXPECT_EQ(*index_->snapshot()->neighbours(7, 2), (Neighbours{}));
  EXPECT_EQ(*index_->snapshot()->neighbours(99, 2), (Neighbours{}));
}

TEST_F(Attribute3, KeepsFlagsAsTheyWereAtAnyMoment) {
  ASSERT_TRUE(index_->set_flag(2, Flag::superseded, true, 7).ok());
  ASSERT_TRUE(index_->set_flag(2, Flag::superseded, false, 9).ok());
  ASSERT_TRUE(index_->set_flag(4, Flag::pinned, true, 9).ok());
  const auto snapshot = index_->snapshot();
  EXPECT_EQ(snapshot->flagged(Flag::superseded), SequenceSet{});
  EXPECT_EQ(snapshot->flagged(Flag::superseded, 8), SequenceSet{2});
  EXPECT_EQ(snapshot->flagged(Flag::superseded, 6), SequenceSet{});
  EXPECT_EQ(select({.with_flags = {Flag::pinned}}), SequenceSet{4});
  EXPECT_EQ(select({.sequence_until = 7, .without_flags = {Flag::superseded}}),
            (SequenceSet{4, 7}));
  const std::vector<std::uint64_t> wanted{4};
  EXPECT_TRUE(snapshot->numbers(wanted)->at(0)->has(Flag::pinned));
  EXPECT_EQ(index_->set_flag(2, Flag::hidden, true, 8).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(index_->set_flag(sequence_limit, Flag::hidden, true, 9).error().code(),
            ErrorCode::limit);
}

TEST_F(Attribute3, KeepsFlagsOnDiskUpToTheWatermark) {
  ASSERT_TRUE(index_->set_flag(2, Flag::hidden, true, 8).ok());
  ASSERT_TRUE(index_->flush().ok());
  ASSERT_TRUE(index_->set_flag(4, Flag::hidden, true, 9).ok());
  index_->remove(std::vector<std::uint64_t>{7});
  ASSERT_TRUE(index_->purge().ok());
  const auto again = *AttributeIndex::open(fs_, "a");
  EXPECT_EQ(again->snapshot()->flagged(Flag::hidden), SequenceSet{2});
  ASSERT_TRUE(again->set_flag(4, Flag::hidden, true, 9).ok());
  ASSERT_TRUE(again->append({}, {.sequence = 9}).ok());
  ASSERT_TRUE(again->flush().ok());
  EXPECT_EQ((*AttributeIndex::open(fs_, "a"))->snapshot()->flagged(Flag::hidden),
            (SequenceSet{2, 4}));
}

TEST_F(Attribute3, RemovesARecordWithItsFlagsFromMemoryAndFiles) {
  ASSERT_TRUE(index_->set_flag(4, Flag::hidden, true, 7).ok());
  ASSERT_TRUE(index_->flush().ok());
  index_->remove(std::vector<std::uint64_t>{7, 99, sequence_limit});
  const auto snapshot = index_->snapshot();
  EXPECT_EQ(snapshot->all(), (SequenceSet{2, 4}));
  EXPECT_EQ(snapshot->flagged(Flag::hidden), SequenceSet{});
  EXPECT_EQ(*snapshot->as_of(1000), 4u);
  EXPECT_EQ(*snapshot->values(Field::session), (std::vector<ValueCount>{{"s1", 2}}));
  ASSERT_TRUE(index_->purge().ok());
  EXPECT_EQ(index_->snapshot()->record_count(), 2u);
  for (const std::string& path : fs_.paths()) {
    EXPECT_EQ(fs_.contents(path).find("s2"), std::string::npos) << path;
  }
}

TEST_F(Attribute3, ReopensWithItsWatermark) {
  ASSERT_TRUE(index_->flush().ok());
  const auto again = *AttributeIndex::open(fs_, "a");
  EXPECT_EQ(again->covered(), (Watermark{.sequence = 8, .hash = {1}}));
  EXPECT_EQ(again->persisted(), again->covered());
  EXPECT_EQ(again->tail_records(), 0u);
  EXPECT_GT(again->bytes_on_disk(), 0u);
  EXPECT_TRUE(again->verify().ok());
  EXPECT_EQ(**again->snapshot()->record(7), **index_->snapshot()->record(7));
}

TEST_F(Attribute3, RefusesBadRecords) {
  const auto code = [this](AttributeRecord record, std::uint64_t covered) {
    return index_->append(std::span(&record, 1), {.sequence = covered}).error().code();
  };
  EXPECT_EQ(code({.sequence = 7}, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.sequence = 9}, 8), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.sequence = 9, .importance = 1.5f}, 9), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.sequence = sequence_limit}, sequence_limit), ErrorCode::limit);
  const std::string long_text(attribute_bytes_max + 1, 'x');
  EXPECT_EQ(code({.sequence = 9, .speaker = long_text}, 9), ErrorCode::limit);
  EXPECT_EQ(code({.sequence = 9, .tags = {long_text}}, 9), ErrorCode::limit);
  EXPECT_EQ(
      code({.sequence = 9, .tags = std::vector<std::string>(attribute_values_max + 1, "a")}, 9),
      ErrorCode::limit);
  EXPECT_EQ(index_->append({}, {.sequence = 3}).error().code(), ErrorCode::invalid_argument);
}

TEST(FlagHistory, ReadsNoOtherBytesAsAHistory) {
  FlagHistory history;
  history.add(3, Flag::hidden, true, 5);
  history.add(4, Flag::pinned, true, 6);
  const std::string bytes = history.serialise();
  EXPECT_EQ(FlagHistory::parse(bytes)->now(Flag::pinned), SequenceSet{4});
  EXPECT_FALSE(FlagHistory::parse(bytes.substr(1)).has_value());
  std::string bad_flag = bytes;
  bad_flag[8] = 3;
  EXPECT_FALSE(FlagHistory::parse(bad_flag).has_value());
  EXPECT_FALSE(FlagHistory::parse(bytes.substr(10) + bytes.substr(0, 10)).has_value());
}

}  // namespace
}  // namespace mbe
