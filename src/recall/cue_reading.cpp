#include "recall/cue_reading.h"

#include <algorithm>
#include <set>

namespace mbe {

namespace {

constexpr float possible_weight = 0.6F;  ///< of a sense that nothing in the cue confirms
constexpr float bigram_weight = 0.5F;
constexpr std::size_t speakers_looked_at = 8;  ///< more speakers are a crowd, not a conversation
constexpr std::size_t terms_max = 200;
constexpr std::string_view question_tag = "question";

/// How much more often than the other of two speakers one asks before it counts as the assistant:
/// companions ask, people tell. From there it counts more and more over the ramp.
constexpr double asking_gap = 0.1;
constexpr double asking_ramp = 0.15;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

struct Speaker {
  std::string name;
  double asking = 0;  ///< share of turns that are questions, smoothed
};

Result<std::vector<Speaker>> speakers_of(const AttributeSnapshot& attributes,
                                         const SequenceSet& questions) {
  MBE_ASSIGN(const std::vector<ValueCount> names, attributes.values(Field::speaker));
  std::vector<Speaker> out;
  if (names.size() > speakers_looked_at) return out;
  for (const ValueCount& name : names) {
    if (name.value.empty()) continue;
    MBE_ASSIGN(const SequenceSet turns, attributes.with_value(Field::speaker, name.value));
    const auto asked = static_cast<double>(turns.shared_with(questions));
    out.push_back({name.value, asked / (static_cast<double>(turns.size()) + 2)});
  }
  return out;
}

/// Speakers that are assistants: by name, or, of exactly two, the one that mostly asks.
std::map<std::string, float, std::less<>> agents_of(const std::vector<Speaker>& speakers,
                                                    const CueWords& words) {
  std::map<std::string, float, std::less<>> out;
  for (const Speaker& speaker : speakers) {
    if (words.holds(CueWord::assistant, speaker.name)) out[speaker.name] = 1;
  }
  if (!out.empty() || speakers.size() != 2) return out;
  const bool first = speakers[0].asking > speakers[1].asking;
  const double gap = speakers[first ? 0 : 1].asking - speakers[first ? 1 : 0].asking;
  const double sure = std::clamp((gap - asking_gap) / asking_ramp, 0.0, 1.0);
  if (sure > 0) out[speakers[first ? 0 : 1].name] = static_cast<float>(sure);
  return out;
}

using Terms = std::set<std::pair<TermKind, std::string>>;

/// A speaker's name is no evidence: it stands in every second turn.
Terms name_terms(const Analyser& analyser, const std::vector<Speaker>& speakers) {
  Terms out;
  for (const Speaker& speaker : speakers) {
    for (const Term& term : analyser.analyse(speaker.name, 0, 0).terms) {
      out.emplace(term.kind, term.text);
    }
  }
  return out;
}

float weight_of(TermKind kind) {
  return kind == TermKind::bigram ? bigram_weight : 1;
}

Result<void> read_terms(const RecallView& view, const RecallCue& cue,
                        const std::vector<Speaker>& speakers, const CueWords& words,
                        CueReading& out) {
  const Terms names = name_terms(view.analyser, speakers);
  for (const Term& term : cue.analysis.terms) {
    const bool other_use = term.kind == TermKind::concept_id || term.kind == TermKind::date;
    if (other_use || names.contains({term.kind, term.text})) continue;
    if (words.is(CueWord::filler, term.text) || out.terms.size() >= terms_max) continue;
    const float weight = weight_of(term.kind);
    out.terms.push_back({term.kind, term.text, weight});
  }
  MBE_ASSIGN(out.terms_plan, view.keyword.plan(out.terms));
  for (std::size_t i = 0; i < out.terms.size(); ++i) {
    out.terms_idf += static_cast<double>(out.terms[i].weight) * out.terms_plan.idf[i];
  }
  return {};
}

Result<void> read_concepts(const RecallView& view, const RecallCue& cue, CueReading& out) {
  const auto add = [&](std::string_view id, float weight) {
    const auto known = std::ranges::find(out.concepts, id, &QueryTerm::text);
    if (known != out.concepts.end()) {
      known->weight = std::max(known->weight, weight);
    } else if (out.concepts.size() < terms_max) {
      out.concepts.push_back({TermKind::concept_id, std::string(id), weight});
    }
  };
  for (const Keyword& keyword : cue.analysis.keywords) {
    if (!keyword.is_concept) continue;
    add(keyword.id, 1);
    for (const RelatedConcept& related : view.analyser.related(keyword.id)) {
      add(related.id, related.weight);
    }
  }
  for (const std::string& id : cue.analysis.possible_concepts) add(id, possible_weight);
  MBE_ASSIGN(out.concepts_plan, view.keyword.plan(out.concepts));
  const auto idf = [&](std::string_view id) {
    const auto at = std::ranges::find(out.concepts, id, &QueryTerm::text) - out.concepts.begin();
    const auto place = static_cast<std::size_t>(at);
    return place < out.concepts.size() ? out.concepts_plan.idf[place] : 0.0;
  };
  for (const Keyword& keyword : cue.analysis.keywords) {
    if (keyword.is_concept) out.concepts_idf += idf(keyword.id);
  }
  for (const std::string& id : cue.analysis.possible_concepts) {
    out.concepts_idf = std::max(out.concepts_idf, idf(id));
  }
  return {};
}

}  // namespace

Result<CueReading> read_cue(const RecallView& view, const RecallCue& cue, const CueWords& words) {
  CueReading out;
  MBE_ASSIGN(out.questions, view.attributes.with_value(Field::tag, question_tag));
  MBE_ASSIGN(const std::vector<Speaker> speakers, speakers_of(view.attributes, out.questions));
  MBE_TRY(read_terms(view, cue, speakers, words, out));
  MBE_TRY(read_concepts(view, cue, out));
  for (const std::string& tag : cue.analysis.tags) {
    const bool plain = tag == "neutral" || tag == question_tag || tag == "request";
    if (!plain) out.tags.push_back(tag);
  }
  out.asks_current = words.holds(CueWord::current, cue.text);
  out.asks_quantity = words.holds(CueWord::quantity, cue.text);
  out.asks_when = words.holds(CueWord::when, cue.text);
  out.agents = agents_of(speakers, words);
  const std::string text = lower(cue.text);
  for (const Speaker& speaker : speakers) {
    if (text.find(lower(speaker.name)) != std::string::npos) {
      out.named_speakers.push_back(speaker.name);
    }
  }
  if (out.named_speakers.size() == speakers.size()) out.named_speakers.clear();
  return out;
}

}  // namespace mbe
