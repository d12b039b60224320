#include "echo/reflect.h"

#include <algorithm>
#include <set>

#include "base/datetime.h"
#include "base/utf8.h"
#include "derive/sentences.h"

namespace mbe {

namespace {

constexpr std::size_t memories_max = 40;
constexpr std::size_t days_max = 12;
constexpr std::size_t sentence_bytes_max = 400;

/// What a text is about: its keywords and words.
std::set<std::string> words_of(const AnalysisView& analysis) {
  std::set<std::string> out(analysis.keyword_ids.begin(), analysis.keyword_ids.end());
  out.insert(analysis.terms.begin(), analysis.terms.end());
  return out;
}

/// The sentence that shares most with the cue, the first of equals.
Result<std::string> telling_sentence(Engine& engine, const std::set<std::string>& cue,
                                     const BlockView& block) {
  std::string best;
  std::size_t most = 0;
  for (const std::string& sentence : sentences_of(block.context)) {
    MBE_ASSIGN(const AnalysisView found, engine.analyse(sentence, block.timestamp_ms));
    std::size_t shared = 0;
    for (const std::string& word : words_of(found)) shared += cue.contains(word) ? 1U : 0U;
    const bool is_better = best.empty() || shared > most;
    if (!is_better) continue;
    best = sentence;
    most = shared;
  }
  return best.size() > sentence_bytes_max ? std::string(utf8_prefix(best, sentence_bytes_max)) + "…"
                                          : best;
}

std::string brought_by(const RecallHit& hit) {
  const auto strongest = std::ranges::max_element(hit.arms, {}, &ArmShare::share);
  return strongest != hit.arms.end() && strongest->arm == "keyword" ? "word" : "context";
}

}  // namespace

Result<Reflection> reflect(Engine& engine, Memory& memory, const std::string& text,
                           const std::function<int(TimeMs)>& utc_offset_minutes) {
  RecallRequest request;
  request.cue = text;
  request.top_k = memories_max;
  request.neighbours = false;
  MBE_ASSIGN(const AnalysisView analysis, engine.analyse(text, 0));
  MBE_ASSIGN(const RecallResult found, memory.recall(request));
  const std::set<std::string> cue = words_of(analysis);
  Reflection out{text, {}};
  for (const RecallHit& hit : found.hits) {
    const TimeMs time = hit.block.timestamp_ms;
    const std::string day = format_date(time, utc_offset_minutes(time));
    const auto known = std::ranges::find(out.days, day, &ReflectionDay::day);
    if (known != out.days.end()) {
      known->blocks.push_back(hit.block.block_index);
      continue;
    }
    if (out.days.size() == days_max) continue;
    MBE_ASSIGN(const std::string sentence, telling_sentence(engine, cue, hit.block));
    out.days.push_back({day,
                        sentence,
                        hit.block.block_index,
                        brought_by(hit),
                        static_cast<double>(hit.score),
                        {hit.block.block_index}});
  }
  return out;
}

Json reflection_json(const Reflection& reflection) {
  Json days = Json::array();
  for (const ReflectionDay& day : reflection.days) {
    days.push_back({{"day", day.day},
                    {"sentence", day.sentence},
                    {"block_index", day.block_index},
                    {"by", day.by},
                    {"score", day.score},
                    {"blocks", day.blocks}});
  }
  return {{"text", reflection.text}, {"days", std::move(days)}};
}

}  // namespace mbe
