#include "analyse/analyser.h"

#include <mutex>
#include <utility>

#include "analyse/amounts.h"
#include "analyse/calendar.h"
#include "analyse/dates.h"
#include "analyse/english.h"
#include "analyse/keywords.h"
#include "analyse/korean.h"
#include "analyse/korean_tagger.h"
#include "analyse/other_script.h"
#include "analyse/products.h"
#include "analyse/spelling.h"
#include "analyse/stemmer.h"
#include "analyse/tags.h"

namespace mbe {

namespace analyse_detail {
constexpr std::uint32_t code_version = 3;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::size_t idle_max = 64;

std::int64_t floor_day(TimeMs time, int offset_minutes) {
  const auto local = time + std::int64_t{offset_minutes} * 60'000;
  return local >= 0 ? local / day_ms : -((-local + day_ms - 1) / day_ms);
}
}  // namespace analyse_detail

using namespace analyse;

struct Analyser::Parts {
  Lexicon lexicon;
  Spelling spelling;
  KoreanTagger tagger;
  KoreanReader korean;
  Amounts amounts;
  Dates dates;
  std::unique_ptr<EnglishReader> english;

  std::mutex mutex;
  std::vector<std::unique_ptr<Stemmer>> idle_stemmers;

  std::unique_ptr<Stemmer> borrow_stemmer() {
    const std::lock_guard lock(mutex);
    if (idle_stemmers.empty()) return std::make_unique<Stemmer>();
    auto stemmer = std::move(idle_stemmers.back());
    idle_stemmers.pop_back();
    return stemmer;
  }
  void give_back(std::unique_ptr<Stemmer> stemmer) {
    const std::lock_guard lock(mutex);
    if (idle_stemmers.size() < analyse_detail::idle_max)
      idle_stemmers.push_back(std::move(stemmer));
  }

  void read_sentences(Reading& reading) const;
  void find_dates(const Reading& reading, TimeMs event_time, int offset, Analysis& analysis,
                  TermBag& bag) const;
};

Analyser::Analyser(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Analyser::Analyser(Analyser&& other) noexcept = default;
Analyser& Analyser::operator=(Analyser&& other) noexcept = default;
Analyser::~Analyser() = default;

Result<Analyser> Analyser::open(const AnalyserPaths& paths) {
  const auto& directory = paths.lexicon;
  MBE_ASSIGN(auto lexicon, Lexicon::open(directory));
  MBE_ASSIGN(auto spelling, Spelling::open(directory / "ko_spelling.tsv"));
  MBE_ASSIGN(const auto rows, read_table(directory / "ko_words.tsv", 2, 2));
  std::vector<ExtraWord> words;
  for (const auto& row : rows) words.push_back({row.columns[0], row.columns[1]});
  MBE_ASSIGN(auto tagger, KoreanTagger::open(paths.dictionary, words));
  MBE_ASSIGN(auto korean, KoreanReader::open(directory));
  MBE_ASSIGN(auto amounts, Amounts::open(directory / "units.tsv"));
  MBE_ASSIGN(auto dates, Dates::open(directory / "dates.tsv"));
  auto parts = std::unique_ptr<Parts>(new Parts{std::move(lexicon),
                                                std::move(spelling),
                                                std::move(tagger),
                                                std::move(korean),
                                                std::move(amounts),
                                                std::move(dates),
                                                nullptr,
                                                {},
                                                {}});
  MBE_ASSIGN(auto english, EnglishReader::open(directory, parts->lexicon));
  parts->english = std::make_unique<EnglishReader>(std::move(english));
  return Analyser(std::move(parts));
}

void Analyser::Parts::read_sentences(Reading& reading) const {
  reading.sentences = cut_sentences(reading.text.text);
  std::vector<bool> upper;
  std::optional<KoreanTagger::Session> session;
  std::size_t korean_bytes = 0;
  std::size_t other_bytes = 0;
  for (std::uint32_t s = 0; s < reading.sentences.size(); ++s) {
    auto& sentence = reading.sentences[s];
    sentence.first = reading.tokens.size();
    const std::string_view text = reading.text.text;
    (sentence.korean ? korean_bytes : other_bytes) += sentence.end - sentence.begin;
    if (sentence.korean) {
      if (!session) session.emplace(tagger.borrow());
      const auto piece = text.substr(sentence.begin, sentence.end - sentence.begin);
      korean.read(piece, session->tag(piece), reading.tokens);
      for (auto i = sentence.first; i < reading.tokens.size(); ++i) {
        auto& token = reading.tokens[i];
        token.begin += sentence.begin;
        token.end += sentence.begin;
        token.tail_end += sentence.begin;
      }
    } else if (sentence.english) {
      if (upper.empty()) {
        upper.resize(text.size());
        for (std::size_t i = 0; i < text.size(); ++i) {
          const char c = reading.original[reading.text.origin[i]];
          upper[i] = c >= 'A' && c <= 'Z';
        }
      }
      english->read(text, sentence.begin, sentence.end, upper, reading.tokens);
    } else {
      read_other(text, sentence.begin, sentence.end, reading.tokens);
    }
    sentence.last = reading.tokens.size();
    for (auto i = sentence.first; i < sentence.last; ++i) reading.tokens[i].sentence = s;
    settle(lexicon, sentence, reading.tokens);
    reading.used.resize(reading.tokens.size());
    sentence.first_finding = reading.findings.size();
    find_concepts(lexicon, sentence, s, reading.tokens, reading.used, reading.findings);
    sentence.last_finding = reading.findings.size();
  }
  reading.korean = korean_bytes > 0 && korean_bytes >= other_bytes;
}

void Analyser::Parts::find_dates(const Reading& reading, TimeMs event_time, int offset,
                                 Analysis& analysis, TermBag& bag) const {
  auto tense = Tense::unknown;
  bool running = false;
  for (const auto& token : reading.tokens) {
    if (token.has(Form::future)) tense = Tense::future;
    if (token.has(Form::past) && tense == Tense::unknown) tense = Tense::past;
    running = running || token.has(Form::progressive);
  }
  if (running && tense == Tense::unknown) tense = Tense::future;
  const auto today = analyse_detail::floor_day(event_time, offset);
  const auto to_ms = [&](std::int64_t day) {
    return day * analyse_detail::day_ms - std::int64_t{offset} * 60'000;
  };
  for (const auto& span : dates.find(reading.text.text, today, tense)) {
    analysis.dates.push_back(
        {std::string(reading.text.verbatim(reading.original, span.begin, span.end)),
         to_ms(span.from_day), to_ms(span.until_day + 1) - 1});
    for (auto& term : date_terms(span.from_day, span.until_day))
      bag.keep(TermKind::date, std::move(term));
  }
}

Analysis Analyser::analyse(std::string_view text, TimeMs event_time_ms,
                           int utc_offset_minutes) const {
  auto& parts = *parts_;
  Reading reading;
  reading.original = text;
  reading.text = parts.spelling.correct(normalise(text), reading.laughter);
  parts.read_sentences(reading);

  Analysis analysis;
  analysis.version = version();
  bool any_word = false;
  for (const auto& sentence : reading.sentences)
    any_word = any_word || sentence.korean || sentence.english;
  analysis.language = reading.korean ? Language::korean
                      : any_word     ? Language::english
                                     : Language::other;

  TermBag bag;
  auto stemmer = parts.borrow_stemmer();
  word_terms(
      parts.lexicon, reading, [&](std::string_view word) { return stemmer->stem(word); }, bag);
  parts.give_back(std::move(stemmer));
  bigram_terms(reading.text.text, bag);
  const auto numbers = parts.amounts.find(reading.text.text);
  for (const auto& number : numbers) bag.add(TermKind::number, number);
  parts.find_dates(reading, event_time_ms, utc_offset_minutes, analysis, bag);

  for (const auto& date : analysis.dates) {
    if (date.from_ms > event_time_ms) reading.future_day = true;
  }
  const auto whole = outline(parts.lexicon, reading);
  analysis.keywords = find_keywords(parts.lexicon, reading, whole);
  analysis.tags = find_tags(parts.lexicon, reading, whole);
  for (const auto& keyword : analysis.keywords) {
    if (keyword.is_concept) bag.add(TermKind::concept_id, keyword.id);
  }
  const bool named = std::any_of(analysis.keywords.begin(), analysis.keywords.end(),
                                 [](const Keyword& keyword) { return keyword.is_concept; });
  if (!named) analysis.possible_concepts = find_possible_concepts(parts.lexicon, reading);
  analysis.terms = bag.take();
  analysis.is_question = !reading.sentences.empty() && reading.sentences.back().asks;
  analysis.is_chatter = is_chatter(parts.lexicon, reading, analysis.keywords);
  analysis.importance = importance_of(parts.lexicon, reading, analysis, numbers.size());
  analysis.intentions = find_intentions(parts.lexicon, reading, analysis.keywords);
  return analysis;
}

std::span<const RelatedConcept> Analyser::related(std::string_view concept_id) const {
  return parts_->lexicon.related(concept_id);
}
std::span<const ConceptInfo> Analyser::concepts() const {
  return parts_->lexicon.concepts();
}

const ConceptInfo* Analyser::find_concept(std::string_view id) const {
  const auto index = parts_->lexicon.find_concept(id);
  return index < 0 ? nullptr : &parts_->lexicon.concepts()[static_cast<std::size_t>(index)];
}

std::string_view Analyser::tag_label(std::string_view tag, Language language) const {
  return parts_->lexicon.tag_label(tag, language == Language::korean);
}

bool Analyser::is_emotion(std::string_view tag) const {
  return parts_->lexicon.is_emotion(tag);
}

std::uint32_t Analyser::version() const {
  return parts_->lexicon.digest() * 31U + analyse_detail::code_version;
}

}  // namespace mbe
