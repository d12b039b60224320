// A small store for the tests of recall: texts become documents, records and, where given, vectors
// of two dimensions, as the engine makes them. Nothing touches the disk. For tests alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyse/test_analyser.h"
#include "fs/file_system.h"
#include "recall/evidence.h"
#include "recall/recall.h"

namespace mbe {

struct SpokenTurn {
  std::string text;
  std::string session = {};
  std::string speaker = {};
  TimeMs time_ms = 0;
  std::vector<float> vector = {};  ///< of unit length, or empty
  Kind kind = Kind::utterance;
};

class RecallTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ranker::open(std::string(MBE_SOURCE_DIR) + "/data/recall");
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    ranker_ = std::make_unique<Ranker>(std::move(*opened));
  }

  /// Sequences count from 1 in the order given.
  void store(const std::vector<SpokenTurn>& turns) {
    auto keyword = KeywordIndex::open(posix_file_system(), "no-such-folder/keyword");
    auto attributes = AttributeIndex::open(posix_file_system(), "no-such-folder/attribute");
    auto vectors = VectorIndex::open(posix_file_system(), "no-such-folder/vector", {"toy", 2});
    ASSERT_TRUE(keyword.ok() && attributes.ok() && vectors.ok());
    for (std::size_t i = 0; i < turns.size(); ++i) add(turns[i], i + 1, **keyword, **attributes);
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].vector.empty()) continue;
      const VectorEntry entry{.sequence = i + 1};
      ASSERT_TRUE((*vectors)->append(std::span(&entry, 1), turns[i].vector, {i + 1, {}}).ok());
    }
    keyword_ = (*keyword)->snapshot();
    attributes_ = (*attributes)->snapshot();
    vectors_ = (*vectors)->snapshot();
  }

  [[nodiscard]] RecallView view() const {
    return {*keyword_, *attributes_, vectors_.get(), test_analyser()};
  }

  /// What `change` makes of a plain cue is ranked.
  template <class Change>
  Result<std::vector<RankedHit>> rank(const std::string& text, const Change& change) const {
    const Analysis analysis = test_analysis(text);
    RecallCue cue{.text = text, .analysis = analysis, .vector = {}, .model_id = "toy"};
    change(cue);
    return ranker_->rank(view(), cue);
  }
  [[nodiscard]] std::vector<std::uint64_t> order(const std::string& text) const {
    return order(text, [](RecallCue&) {});
  }
  template <class Change>
  std::vector<std::uint64_t> order(const std::string& text, const Change& change) const {
    const auto hits = rank(text, change);
    EXPECT_TRUE(hits.ok());
    std::vector<std::uint64_t> out;
    if (!hits.ok()) return out;
    for (const RankedHit& hit : *hits) out.push_back(hit.sequence);
    return out;
  }

  /// One feature of a candidate; nothing found is a failure.
  template <class Change>
  float feature(Feature which, const std::string& text, std::uint64_t sequence,
                const Change& change) const {
    const Analysis analysis = test_analysis(text);
    RecallCue cue{.text = text, .analysis = analysis, .vector = {}, .model_id = "toy"};
    change(cue);
    const auto table = ranker_->features(view(), cue);
    EXPECT_TRUE(table.ok());
    if (!table.ok()) return -1;
    const auto found = std::ranges::find(table->sequences, sequence);
    EXPECT_NE(found, table->sequences.end()) << "no candidate";
    if (found == table->sequences.end()) return -1;
    const auto row = static_cast<std::size_t>(found - table->sequences.begin());
    return table->rows[row][index_of(which)];
  }
  [[nodiscard]] float feature(Feature which, const std::string& text,
                              std::uint64_t sequence) const {
    return feature(which, text, sequence, [](RecallCue&) {});
  }

  std::unique_ptr<Ranker> ranker_;
  std::shared_ptr<const KeywordSnapshot> keyword_;
  std::shared_ptr<const AttributeSnapshot> attributes_;
  std::shared_ptr<const VectorSnapshot> vectors_;

 private:
  void add(const SpokenTurn& turn, std::uint64_t sequence, KeywordIndex& keyword,
           AttributeIndex& attributes) const {
    const Analysis analysis = test_analysis(turn.text);
    AttributeRecord record;
    record.sequence = sequence;
    record.kind = turn.kind;
    record.speaker = turn.speaker;
    record.session = turn.session;
    record.recorded_ms = turn.time_ms;
    record.tags = analysis.tags;
    for (const Keyword& word : analysis.keywords) record.keywords.push_back(word.id);
    const bool number = std::ranges::any_of(
        analysis.terms, [](const Term& term) { return term.kind == TermKind::number; });
    if (number) record.keywords.emplace_back(number_mark);
    if (!analysis.dates.empty()) record.keywords.emplace_back(moment_mark);
    if (ranker_->words().holds(CueWord::change, turn.text)) {
      record.keywords.emplace_back(change_mark);
    }
    const KeywordDocument document{sequence, analysis.terms};
    ASSERT_TRUE(keyword.append(std::span(&document, 1), {sequence, {}}).ok());
    ASSERT_TRUE(attributes.append(std::span(&record, 1), {sequence, {}}).ok());
  }
};

}  // namespace mbe
