// Random histories of the attribute index against its oracle, crashes, and damage.
#include <gtest/gtest.h>

#include "base/random.h"
#include "fs/faulty.h"
#include "index/attribute/oracle.h"

namespace mbe {
namespace {

std::string pick(SeededRandom& random, std::string_view letter, std::uint64_t count) {
  const std::uint64_t number = random.below(count + 1);
  return number == count ? "" : fmt::format("{}{}", letter, number);
}
std::vector<std::string> picks(SeededRandom& random, std::string_view letter, std::uint64_t most) {
  std::vector<std::string> out;
  for (std::uint64_t i = random.below(most + 1); i > 0; --i) out.push_back(pick(random, letter, 9));
  return out;
}

AttributeRecord random_record(SeededRandom& random, std::uint64_t sequence) {
  AttributeRecord out{.sequence = sequence,
                      .kind = static_cast<Kind>(random.below(13)),
                      .trust = static_cast<Trust>(random.below(6)),
                      .speaker = pick(random, "p", 4),
                      .session = pick(random, "s", 1 + sequence / 40),
                      .source = random.below(3) == 0 ? "" : fmt::format("src:{}", sequence / 2),
                      .channel = pick(random, "c", 2),
                      .writer = pick(random, "w", 3),
                      .day = static_cast<std::int32_t>(sequence / 50) - 3,
                      .importance = static_cast<float>(random.below(1001)) / 1000.0f,
                      .recorded_ms = static_cast<TimeMs>(sequence * 10 + random.below(300)),
                      .tags = picks(random, "t", 4),
                      .keywords = picks(random, "k", 6)};
  if (random.below(3) == 0) out.event_ms = static_cast<TimeMs>(random.below(20'000)) - 500;
  return out;
}

AttributeFilter random_filter(SeededRandom& random, std::uint64_t end) {
  AttributeFilter out;
  const auto now_and_then = [&] { return random.below(5) == 0; };
  if (now_and_then()) out.any_tags = {"t1", "t2", "none"};
  if (now_and_then()) out.all_tags = {"t3"};
  if (now_and_then()) out.no_tags = {"t4", "t5"};
  if (now_and_then()) out.any_keywords = {"k1", "k2"};
  if (now_and_then()) out.all_keywords = {"k1", "k3"};
  if (now_and_then()) out.speakers = {"p1", "p2"};
  if (now_and_then()) out.sessions = {"s0", "s1", "s2"};
  if (now_and_then()) out.channels = {"c0"};
  if (now_and_then()) out.writers = {"w1"};
  if (now_and_then()) out.sources = {"src:5", "src:77"};
  if (now_and_then()) out.kinds = {Kind::utterance, Kind::fact, Kind::audit};
  if (now_and_then()) out.trusts = {Trust::owner, Trust::web, Trust::tool};
  if (now_and_then()) out.from_ms = static_cast<TimeMs>(random.below(end * 10 + 1));
  if (now_and_then()) out.until_ms = static_cast<TimeMs>(random.below(end * 10 + 1));
  if (now_and_then()) out.from_day = static_cast<std::int32_t>(random.below(end / 50 + 1));
  if (now_and_then()) out.until_day = static_cast<std::int32_t>(random.below(end / 50 + 1));
  if (now_and_then()) out.recorded_until_ms = static_cast<TimeMs>(random.below(end * 11 + 1));
  if (now_and_then()) out.sequence_until = random.below(end + 1);
  if (now_and_then()) out.importance_min = 0.5f;
  if (now_and_then()) out.with_flags = {static_cast<Flag>(random.below(3))};
  if (now_and_then()) out.without_flags = {static_cast<Flag>(random.below(3))};
  return out;
}

void expect_turn(const std::optional<AttributeTurn>& turn, const AttributeOracle& oracle,
                 std::uint64_t sequence) {
  const auto expected = oracle.records().find(sequence);
  ASSERT_EQ(turn.has_value(), expected != oracle.records().end());
  if (!turn) return;
  ASSERT_EQ(turn->kind, expected->second.kind);
  ASSERT_EQ(turn->time_ms, expected->second.time_ms());
  ASSERT_EQ(turn->speaker, expected->second.speaker);
  ASSERT_EQ(turn->session, expected->second.session);
  ASSERT_EQ(turn->beside, oracle.neighbours(sequence, 2));
}

void expect_same(const AttributeIndex& index, const AttributeOracle& oracle, SeededRandom& random,
                 std::uint64_t end) {
  const auto snapshot = index.snapshot();
  ASSERT_EQ(snapshot->record_count(), oracle.records().size());
  for (int i = 0; i < 30; ++i) {
    const AttributeFilter filter = random_filter(random, end);
    const auto selected = snapshot->select(filter);
    ASSERT_TRUE(selected.ok()) << selected.error().message();
    ASSERT_EQ(selected->to_vector(), oracle.select(filter).to_vector());
    const std::uint64_t sequence = random.below(end + 1);
    const auto record = *snapshot->record(sequence);
    const auto expected = oracle.records().find(sequence);
    ASSERT_EQ(record.has_value(), expected != oracle.records().end());
    if (record) {
      ASSERT_EQ(*record, expected->second) << sequence;
    }
    std::vector<AttributeRecord> met;
    const auto keep = [&met](const AttributeRecord& one) { met.push_back(one); };
    ASSERT_TRUE(snapshot->each_record((*selected | SequenceSet{sequence}).to_vector(), keep).ok());
    ASSERT_EQ(met.size(), selected->size() + (record && !selected->contains(sequence) ? 1 : 0));
    for (const AttributeRecord& one : met) ASSERT_EQ(one, oracle.records().at(one.sequence));
    ASSERT_EQ(*snapshot->neighbours(sequence, 3), oracle.neighbours(sequence, 3));
    const std::vector<std::uint64_t> some{random.below(end + 1), sequence, random.below(end + 1)};
    const auto turns = *snapshot->turns(some, 2);
    for (std::size_t at = 0; at < some.size(); ++at) {
      ASSERT_NO_FATAL_FAILURE(expect_turn(turns[at], oracle, some[at]));
    }
    const auto time = static_cast<TimeMs>(random.below(end * 11 + 1));
    ASSERT_EQ(*snapshot->as_of(time), oracle.as_of(time));
  }
  std::map<std::string, std::uint64_t> tags;
  for (const auto& [sequence, record] : oracle.records()) {
    for (const std::string& tag : record.tags) ++tags[tag];
  }
  const auto counted = *snapshot->values(Field::tag);
  ASSERT_EQ(counted.size(), tags.size());
  for (const ValueCount& at : counted) ASSERT_EQ(at.count, tags[at.value]);
}

class AttributeHistories : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, AttributeHistories, testing::Range<std::uint64_t>(1, 13));

TEST_P(AttributeHistories, AnswerLikeTheOracleThroughFlushMergeDeleteAndReopen) {
  SeededRandom random(GetParam());
  FaultyFileSystem fs(GetParam());
  auto index = *AttributeIndex::open(fs, "a");
  AttributeOracle oracle;
  std::uint64_t next = 0;
  for (int step = 0; step < 40; ++step) {
    const std::uint64_t action = random.below(10);
    if (action < 5) {
      std::vector<AttributeRecord> batch;
      for (std::uint64_t i = 1 + random.below(120); i > 0; --i) {
        next += 1 + (random.below(9) == 0 ? 7 : 0);
        batch.push_back(random_record(random, next));
        oracle.append(batch.back());
      }
      ASSERT_TRUE(index->append(batch, {.sequence = ++next}).ok());
    } else if (action == 5) {
      const std::uint64_t target = random.below(next + 1);
      const auto flag = static_cast<Flag>(random.below(3));
      const bool value = random.below(3) != 0;
      ASSERT_TRUE(index->set_flag(target, flag, value, ++next).ok());
      oracle.set_flag(target, flag, value, next);
      ASSERT_TRUE(index->append({}, {.sequence = next}).ok());
    } else if (action == 6) {
      ASSERT_TRUE(index->purge().ok());
    } else if (action < 9) {
      ASSERT_TRUE(index->flush().ok());
      index = *AttributeIndex::open(fs, "a");
    } else {
      for (int i = 0; i < 4; ++i) {
        const std::uint64_t sequence = random.below(next + 1);
        index->remove(std::span(&sequence, 1));
        oracle.remove(sequence);
      }
    }
    if (step % 5 != 4) continue;
    ASSERT_NO_FATAL_FAILURE(expect_same(*index, oracle, random, next));
  }
}

class AttributeCrashes : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, AttributeCrashes, testing::Range<std::uint64_t>(1, 31));

TEST_P(AttributeCrashes, LeaveACompleteEarlierState) {
  SeededRandom random(GetParam());
  FaultyFileSystem fs(GetParam());
  auto index = *AttributeIndex::open(fs, "a");
  AttributeOracle oracle;
  std::vector<AttributeRecord> all;
  std::uint64_t flushed = 0;
  fs.power_off_at(1 + random.below(100));
  for (std::uint64_t next = 0; next < 240; next += 20) {
    std::vector<AttributeRecord> batch;
    for (std::uint64_t i = 0; i < 20; ++i) batch.push_back(random_record(random, next + i));
    all.insert(all.end(), batch.begin(), batch.end());
    ASSERT_TRUE(index->append(batch, {.sequence = next + 19}).ok());
    if (!index->flush().ok()) break;
    flushed = next + 20;
  }
  index.reset();
  fs.crash();
  const auto opened = AttributeIndex::open(fs, "a");
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  const auto covered = (*opened)->persisted();
  const std::uint64_t count = covered ? covered->sequence + 1 : 0;
  ASSERT_GE(count, flushed);
  for (std::uint64_t i = 0; i < count; ++i) oracle.append(all[i]);
  ASSERT_NO_FATAL_FAILURE(expect_same(**opened, oracle, random, count));
}

TEST(AttributeDamage, IsReportedNeverReadAsAnAnswer) {
  SeededRandom random(9);
  FaultyFileSystem fs(9);
  const auto index = *AttributeIndex::open(fs, "a");
  std::vector<AttributeRecord> records;
  for (std::uint64_t i = 0; i < 2000; ++i) records.push_back(random_record(random, i));
  ASSERT_TRUE(index->append(records, {.sequence = 2000}).ok());
  ASSERT_TRUE(index->flush().ok());
  const AttributeFilter filter{.any_tags = {"t1", "t2"}, .until_day = 20};
  const SequenceSet expected = *index->snapshot()->select(filter);
  const std::string bytes = fs.contents("a/00000001.seg");
  for (int i = 0; i < 300; ++i) {
    std::string mutated = bytes;
    mutated[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
    if (i % 10 == 0) mutated.resize(random.below(bytes.size()));
    fs.set_contents("a/00000001.seg", mutated);
    const auto opened = AttributeIndex::open(fs, "a");
    if (!opened.ok()) {
      EXPECT_EQ(opened.error().code(), ErrorCode::corrupt);
      continue;
    }
    EXPECT_EQ((*opened)->verify().error().code(), ErrorCode::corrupt);
    const auto selected = (*opened)->snapshot()->select(filter);
    if (selected.ok()) {
      EXPECT_EQ(*selected, expected);
    } else {
      EXPECT_EQ(selected.error().code(), ErrorCode::corrupt);
    }
  }
}

}  // namespace
}  // namespace mbe
