#include "engine/views.h"

#include <algorithm>
#include <limits>

#include "base/datetime.h"
#include "base/utf8.h"
#include "engine/records.h"
#include "engine/retelling.h"

namespace mbe {

namespace {

/// Found without being asked for. What only says again what others say (summary, merge) is not.
constexpr Kind memory_kinds[] = {Kind::utterance, Kind::answer,  Kind::fact,
                                 Kind::supersede, Kind::insight, Kind::creation};

std::string language_name(Language language) {
  return language == Language::korean ? "ko" : language == Language::english ? "en" : "other";
}

std::string_view term_kind_name(TermKind kind) {
  switch (kind) {
    case TermKind::lemma:
      return "lemma";
    case TermKind::stem:
      return "stem";
    case TermKind::bigram:
      return "bigram";
    case TermKind::number:
      return "number";
    case TermKind::date:
      return "date";
    case TermKind::concept_id:
      return "concept";
  }
  return "";
}

std::vector<std::string> tag_labels(const std::vector<std::string>& ids, Language language,
                                    const Analyser& analyser) {
  std::vector<std::string> out;
  for (const std::string& id : ids) out.emplace_back(analyser.tag_label(id, language));
  return out;
}

/// A tag may be given by id or by its label in either language.
std::vector<std::string> tag_ids(const std::vector<std::string>& given,
                                 const std::vector<ValueCount>& known, const Analyser& analyser) {
  std::vector<std::string> out;
  for (const std::string& name : given) {
    const auto match = std::ranges::find_if(known, [&](const ValueCount& tag) {
      return tag.value == name || analyser.tag_label(tag.value, Language::korean) == name ||
             analyser.tag_label(tag.value, Language::english) == name;
    });
    out.push_back(match == known.end() ? name : match->value);
  }
  return out;
}

/// A keyword may be given as a concept's label, an id, or any word that leads to a concept.
std::vector<std::string> keyword_ids(const std::vector<std::string>& given,
                                     const Analyser& analyser) {
  std::vector<std::string> out;
  for (const std::string& word : given) {
    for (const ConceptInfo& info : analyser.concepts()) {
      if (info.label_ko == word || info.label_en == word) out.push_back(info.id);
    }
    for (const Keyword& keyword : analyser.analyse(word, 0, 0).keywords) out.push_back(keyword.id);
    out.push_back(word);
  }
  return out;
}

template <class T, class Parse>
Result<std::vector<T>> parse_names(const std::vector<std::string>& names, Parse parse,
                                   std::string_view what) {
  std::vector<T> out;
  for (const std::string& name : names) {
    const auto value = parse(name);
    if (!value) return fail(ErrorCode::invalid_argument, "`{}` is not a {}", name, what);
    out.push_back(*value);
  }
  return out;
}

}  // namespace

Language script_of(std::string_view text) {
  bool latin = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if ((c >= 0xac00 && c <= 0xd7a3) || (c >= 0x3131 && c <= 0x318e)) return Language::korean;
    latin = latin || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  }
  return latin ? Language::english : Language::other;
}

BlockView block_view(const Block& block, const Analyser& analyser) {
  BlockView out;
  out.block_index = block.sequence;
  out.state = std::string(block_state_name(block.state));
  out.hash = to_hex(view(block.hash));
  if (block.state == BlockState::corrupt) return out;
  out.prev_hash = to_hex(view(block.header.prev));
  if (block.state != BlockState::ok) return out;
  const Payload& payload = block.payload;
  out.timestamp_ms = time_of(payload);
  out.recorded_ms = payload.recorded_ms;
  out.event_ms = payload.event_ms;
  out.context = payload.text;
  out.keywords = payload.keywords;
  out.tags = tag_labels(payload.tags, script_of(payload.text), analyser);
  out.importance = payload.importance;
  out.retold = is_retold(payload);
  const bool acts = !payload.action.empty() && !out.retold;
  out.kind = acts ? payload.action : std::string(kind_name(payload.kind));
  out.trust = trust_name(payload.trust);
  out.speaker = payload.speaker;
  out.session = payload.session;
  out.source = payload.source;
  out.channel = payload.channel;
  out.writer = payload.writer;
  out.data = payload.data;
  for (const Reference& reference : payload.refs) {
    if (reference.chain.empty()) out.refs.push_back(reference.sequence);
  }
  return out;
}

Result<void> add_flags(BlockView& view, const AttributeSnapshot& attributes) {
  const std::uint64_t sequences[] = {view.block_index};
  MBE_ASSIGN(const auto numbers, attributes.numbers(sequences));
  if (!numbers[0]) return {};
  view.pinned = numbers[0]->has(Flag::pinned);
  view.hidden = numbers[0]->has(Flag::hidden);
  if (!numbers[0]->has(Flag::superseded)) return {};
  MBE_ASSIGN(const SequenceSet naming,
             attributes.with_value(Field::keyword,
                                   std::string(reference_mark) + std::to_string(view.block_index)));
  MBE_ASSIGN(const SequenceSet updates,
             attributes.select({.kinds = {Kind::supersede, Kind::merge}}));
  for (const std::uint64_t by : (naming & updates).to_vector()) view.superseded_by = by;
  return {};
}

void add_analysis_now(BlockView& view, const Analyser& analyser) {
  const Analysis analysis = analyser.analyse(view.context, view.timestamp_ms, 0);
  for (const Keyword& keyword : analysis.keywords) view.keywords_now.push_back(keyword.label);
  view.tags_now = tag_labels(analysis.tags, script_of(view.context), analyser);
}

Result<AttributeFilter> index_filter(const RecallFilter& filter, const DerivedSnapshot& indexes,
                                     const Analyser& analyser) {
  AttributeFilter out;
  if (!filter.tags.empty()) {
    MBE_ASSIGN(const auto known_tags, indexes.attributes->values(Field::tag));
    out.any_tags = tag_ids(filter.tags, known_tags, analyser);
  }
  out.any_keywords = keyword_ids(filter.keywords, analyser);
  out.speakers = filter.speakers;
  out.sessions = filter.sessions;
  out.sources = filter.sources;
  out.channels = filter.channels;
  out.writers = filter.writers;
  MBE_ASSIGN(out.kinds, parse_names<Kind>(filter.kinds, kind_from_name,
                                          "kind: utterance, answer, fact, summary …"));
  MBE_ASSIGN(out.trusts, parse_names<Trust>(filter.trusts, trust_from_name,
                                            "trust: owner, member, agent, tool, imported, web"));
  out.from_ms = filter.from_ms;
  out.until_ms = filter.until_ms;
  out.importance_min = filter.importance_min;
  if (!filter.include_hidden) out.without_flags.push_back(Flag::hidden);
  if (!filter.include_superseded) out.without_flags.push_back(Flag::superseded);
  if (filter.as_of_ms) {
    MBE_ASSIGN(const auto last, indexes.attributes->as_of(*filter.as_of_ms));
    out.sequence_until = last.value_or(0);
  }
  return out;
}

Result<SequenceSet> select_memories(const RecallFilter& filter, const DerivedSnapshot& indexes,
                                    const Analyser& analyser) {
  MBE_ASSIGN(AttributeFilter wanted, index_filter(filter, indexes, analyser));
  if (wanted.kinds.empty()) wanted.kinds.assign(std::begin(memory_kinds), std::end(memory_kinds));
  return indexes.attributes->select(wanted);
}

AnalysisView analysis_view(const Analysis& analysis, const Analyser& analyser,
                           std::string_view text, int utc_offset_minutes) {
  AnalysisView out;
  out.language = language_name(analysis.language);
  for (const Term& term : analysis.terms) {
    out.terms.push_back(std::string(term_kind_name(term.kind)) + ":" + term.text);
  }
  for (const Keyword& keyword : analysis.keywords) {
    out.keywords.push_back(keyword.label);
    out.keyword_ids.push_back(keyword.is_concept ? "concept:" + keyword.id : keyword.id);
  }
  out.tag_ids = analysis.tags;
  out.tags = tag_labels(analysis.tags, script_of(text), analyser);
  out.importance = analysis.importance;
  out.is_question = analysis.is_question;
  out.is_chatter = analysis.is_chatter;
  for (const DateMention& date : analysis.dates) {
    out.dates.push_back({date.text, format_date(date.from_ms, utc_offset_minutes),
                         format_date(date.until_ms, utc_offset_minutes), date.from_ms,
                         date.until_ms});
  }
  for (const Intention& intention : analysis.intentions) {
    out.intentions.push_back(std::string(intention_name(intention.state)) + ": " + intention.text);
  }
  return out;
}

}  // namespace mbe
