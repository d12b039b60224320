#include "analyse/tags.h"

#include <algorithm>
#include <array>
#include <functional>

#include "analyse/polarity.h"

namespace mbe::analyse {
namespace {

constexpr std::array<std::string_view, 8> happening{
    "attempt", "beginning", "ending", "pause", "achievement", "loss", "change", "conflict"};
constexpr std::array<std::string_view, 18> order{
    "attempt",    "beginning", "ending",   "pause",   "achievement", "loss",
    "change",     "conflict",  "promise",  "plan",    "wish",        "decision",
    "preference", "habit",     "question", "request", "memory",      "opinion"};

class Tagger {
 public:
  Tagger(const Lexicon& lexicon, const Reading& reading, const Outline& outline)
      : lexicon_(lexicon), reading_(reading), outline_(outline) {}

  std::vector<std::string> run() {
    const int polarity = find_polarity(lexicon_, reading_);
    out_.emplace_back(polarity < 0 ? "negative" : polarity > 0 ? "positive" : "neutral");
    emotions();
    for (const auto& finding : reading_.findings) {
      if (finding.target == lexicon_.cue(Cue::future)) future_word_ = true;
      if (finding.target == lexicon_.cue(Cue::habit)) repeated_ = true;
    }
    plan_by_time();
    for (const auto& finding : reading_.findings) {
      if (lexicon_.is_concept(finding.target)) {
        concept_situations(finding);
      } else {
        cue_situations(finding);
      }
    }
    if (outline_.failed_enterprise) add("ending");
    for (std::uint32_t i = 0; i < reading_.tokens.size(); ++i) form_situations(i);
    sentence_situations();
    finish();
    return out_;
  }

 private:
  void add(std::string_view tag) {
    if (!has(tag)) situations_.emplace_back(tag);
  }
  [[nodiscard]] bool has(std::string_view tag) const {
    return std::find(situations_.begin(), situations_.end(), tag) != situations_.end();
  }
  [[nodiscard]] bool asserted(const Finding& finding) const {
    return finding.state == State::asserted && finding.carried && !finding.absent;
  }
  [[nodiscard]] const Sentence& sentence(const Finding& finding) const {
    return reading_.sentences[finding.sentence];
  }

  void emotions() {
    for (const auto& finding : reading_.findings) {
      if (!lexicon_.is_concept(finding.target) || !asserted(finding) || !finding.own) continue;
      const auto& emotion = lexicon_.meaning(finding.target).emotion;
      if (emotion.empty() || std::find(out_.begin(), out_.end(), emotion) != out_.end()) continue;
      out_.push_back(emotion);
      emotional_ = true;
    }
  }

  void concept_situations(const Finding& finding) {
    const auto& meaning = lexicon_.meaning(finding.target);
    const bool later = arranged(reading_.head(finding));
    for (const auto& tag : meaning.situations) {
      if (later && std::find(happening.begin(), happening.end(), tag) != happening.end()) continue;
      const bool commits = tag == "promise" || tag == "plan";
      const bool negatable =
          tag == "preference" || tag == "memory" || tag == "wish" || tag == "habit";
      const bool counts = asserted(finding) || (commits && finding.state == State::future) ||
                          (negatable && finding.carried && finding.state == State::negated) ||
                          (tag == "memory" && finding.state == State::questioned);
      if (counts) add(tag);
    }
    const auto& id = lexicon_.concepts()[finding.target].id;
    const bool outcome = id == "failure" || id == "success" || id == "acceptance";
    if (outcome && asserted(finding) && outline_.undertaking) add("attempt");
  }

  /// A present predicate beside a day to come is an arranged event: nothing has happened yet.
  [[nodiscard]] bool arranged(const Token& token) const {
    return (reading_.future_day || future_word_) && !repeated_ && token.predicate &&
           !token.has(Form::past) && !token.has(Form::relative) && token.state == State::asserted;
  }

  void cue_situations(const Finding& finding) {
    const auto is = [&](Cue cue) { return finding.target == lexicon_.cue(cue); };
    const bool yes = asserted(finding) && !arranged(reading_.head(finding));
    const bool said = asserted(finding) || finding.state == State::negated;
    if (is(Cue::begin) && yes) add("beginning");
    if (is(Cue::attempt) && (yes || tried_and_could_not(finding))) add("attempt");
    if (is(Cue::work) && yes && outline_.undertaking) add("attempt");
    if (is(Cue::end) && yes) add("ending");
    if (is(Cue::pause) && yes) add("pause");
    if (is(Cue::achieve) && yes) add("achievement");
    if (is(Cue::achieve) && yes && outline_.undertaking) add("attempt");
    if (is(Cue::loss) && yes) add("loss");
    if (is(Cue::change) && yes) add("change");
    if (is(Cue::conflict) && yes) add("conflict");
    if (is(Cue::promise) && (yes || finding.state == State::future)) add("promise");
    if (is(Cue::plan) && (yes || finding.state == State::future)) add("plan");
    if (is(Cue::wish) && said) add("wish");
    if (is(Cue::decision) && yes) add("decision");
    if (is(Cue::prefer) && said) add("preference");
    const bool wondered =
        finding.state == State::questioned || finding.state == State::hypothetical;
    if (is(Cue::habit) && !wondered) add("habit");
    if (is(Cue::ask) && said) add("question");
    if (is(Cue::request)) add("request");
    if (is(Cue::memory) && (said || finding.state == State::questioned)) add("memory");
    if (is(Cue::opinion) && said) add("opinion");
  }

  [[nodiscard]] bool tried_and_could_not(const Finding& finding) const {
    return finding.state == State::negated && reading_.head(finding).has(Form::could_not);
  }

  /// A day to come with a present predicate is an arranged event.
  void plan_by_time() {
    for (const auto& token : reading_.tokens) {
      const auto& in = reading_.sentences[token.sentence];
      const bool asks = in.asks && token.has(Form::question);
      if (asks || in.requests || !arranged(token)) continue;
      const bool quality = token.word_class == WordClass::adjective && token.lemma != "있다" &&
                           token.lemma != "없다";
      if (!quality) return add("plan");
    }
  }

  void form_situations(std::uint32_t i) {
    const auto& token = reading_.tokens[i];
    if (token.has(Form::question) && token.state == State::questioned) return;
    const bool requested = token.has(Form::request);
    if (token.has(Form::promise) && !requested && token.word_class == WordClass::verb)
      add("promise");
    const bool once = token.has(Form::past) && !token.has(Form::decision) && !token.foreign;
    if (token.has(Form::plan) && !requested && !token.has(Form::promise) && token.predicate) {
      if (!once) plans_ = true;
      if (once && token.has(Form::trial)) add("attempt");
    }
    if (token.has(Form::wish) && !requested && !wish_is_feeling(i)) add("wish");
    if (token.has(Form::decision)) add("decision");
    if (token.has(Form::routine)) add("habit");
    const bool changed = token.has(Form::change) && token.word_class == WordClass::adjective;
    if (changed && token.state == State::asserted) add("change");
    const bool seems = token.has(Form::seems) && token.word_class == WordClass::adjective;
    const bool view = (token.has(Form::opinion) || seems) && token.state != State::hypothetical;
    if (view && !emotional_ && !requested) opinion_ = true;
  }

  template <class Fits>
  [[nodiscard]] bool any_in(std::size_t sentence, Fits fits) const {
    const auto found = reading_.found_in(sentence);
    return std::any_of(found.begin(), found.end(), fits);
  }
  template <class Fits>
  [[nodiscard]] bool any_near(std::size_t i, Fits fits) const {
    return any_in(reading_.tokens[i].sentence, fits);
  }

  /// 보고 싶다 is longing, not a wish.
  [[nodiscard]] bool wish_is_feeling(std::uint32_t i) const {
    return any_near(i,
                    [&](const Finding& finding) { return finding.head == i && finding.extended; });
  }

  void sentence_situations() {
    for (const auto& sentence : reading_.sentences) {
      if (sentence.requests) add("request");
    }
    if (!reading_.sentences.empty() && reading_.sentences.back().asks) add("question");
    if (opinion_ && !has("question")) add("opinion");
    if (plans_ && !has("promise")) add("plan");
  }

  /// A past or running action of the main line, other than a feeling.
  [[nodiscard]] bool happens() const {
    for (std::size_t i = 0; i < reading_.tokens.size(); ++i) {
      const auto& token = reading_.tokens[i];
      const bool action = token.predicate && token.word_class == WordClass::verb;
      if (is_auxiliary(i) || arranged(token)) continue;
      if (!action || token.state != State::asserted || token.has(Form::relative)) continue;
      if (!token.has(Form::past) && !token.has(Form::progressive)) continue;
      if (!reads_as_feeling(i)) return true;
    }
    return false;
  }

  /// am, did, has … before another verb, and any form of "be".
  [[nodiscard]] bool is_auxiliary(std::size_t i) const {
    const auto& tokens = reading_.tokens;
    if (!tokens[i].foreign) return false;
    if (tokens[i].lemma == "be") return true;
    if (tokens[i].lemma != "do" && tokens[i].lemma != "have") return false;
    for (auto k = i + 1; k < tokens.size() && k < i + 4; ++k) {
      if (tokens[k].word_class == WordClass::verb) return true;
      if (tokens[k].word_class == WordClass::noun) return false;
    }
    return false;
  }

  [[nodiscard]] bool reads_as_feeling(std::size_t i) const {
    return any_near(i, [&](const Finding& f) {
      if (f.first > i || i >= f.last) return false;
      if (!lexicon_.is_concept(f.target)) return f.target == lexicon_.cue(Cue::opinion);
      return lexicon_.kind(f.target) == Kind::emotion;
    });
  }

  void finish() {
    const auto in = [&](const auto& list) {
      return std::any_of(list.begin(), list.end(), [&](std::string_view tag) { return has(tag); });
    };
    constexpr std::array<std::string_view, 4> instead{"promise", "decision", "memory", "habit"};
    const bool told = in(happening);
    const bool event = !told && !in(instead) && happens();
    for (const auto tag : order) {
      if (has(tag)) out_.emplace_back(tag);
    }
    if (event) out_.emplace_back("event");
    constexpr std::array<std::string_view, 6> no_fact{"opinion", "preference", "habit",
                                                      "plan",    "wish",       "question"};
    const bool fact = !event && !told && !emotional_ && !in(no_fact) && !has("decision") &&
                      !has("memory") && states_something();
    if (fact) out_.emplace_back("info");
  }

  /// A lasting fact: no feeling, and nothing that happened or did not.
  [[nodiscard]] bool states_something() const {
    for (std::size_t i = 0; i < reading_.tokens.size(); ++i) {
      const auto& token = reading_.tokens[i];
      if (!token.predicate || token.has(Form::relative) || token.has(Form::progressive)) continue;
      if (token.state != State::asserted && token.state != State::negated) continue;
      const bool done = token.has(Form::past) && token.word_class == WordClass::verb;
      if (done && token.lemma != "be") continue;
      if (token.foreign && reading_.sentences[token.sentence].requests) continue;
      if (is_auxiliary(i) ? !feels(token) : !names_event(i)) return true;
    }
    return false;
  }

  /// "I am torn": the clause says a feeling or an event with a form of "be".
  [[nodiscard]] bool feels(const Token& be) const {
    return any_in(be.sentence, [&](const Finding& f) {
      if (f.sentence != be.sentence || f.clause != be.clause) return false;
      if (!lexicon_.is_concept(f.target)) return false;
      const auto kind = lexicon_.kind(f.target);
      return kind == Kind::emotion || kind == Kind::event;
    });
  }

  /// The word stands for a feeling, event or quality, not for a fact.
  [[nodiscard]] bool names_event(std::size_t i) const {
    return any_near(i, [&](const Finding& f) {
      if (f.head != i || !lexicon_.is_concept(f.target)) return false;
      const auto kind = lexicon_.kind(f.target);
      return kind == Kind::emotion || kind == Kind::event;
    });
  }

  const Lexicon& lexicon_;
  const Reading& reading_;
  const Outline& outline_;
  std::vector<std::string> out_;
  std::vector<std::string> situations_;
  bool emotional_ = false;
  bool opinion_ = false;
  bool plans_ = false;
  bool future_word_ = false;
  bool repeated_ = false;  ///< a word of frequency: no single event is arranged
};

}  // namespace

Outline outline(const Lexicon& lexicon, const Reading& reading) {
  Outline out;
  bool failed = false;
  const auto failure = lexicon.find_concept("failure");
  for (const auto& finding : reading.findings) {
    if (!lexicon.is_concept(finding.target)) continue;
    const auto& meaning = lexicon.meaning(finding.target);
    out.undertaking = out.undertaking || meaning.undertaking;
    out.enterprise = out.enterprise || meaning.enterprise;
    const bool asserted = finding.state == State::asserted && finding.carried && !finding.absent;
    failed = failed || (finding.target == failure && asserted && !finding.swapped);
  }
  out.failed_enterprise = failed && out.enterprise;
  return out;
}

std::vector<std::string> find_tags(const Lexicon& lexicon, const Reading& reading,
                                   const Outline& outline) {
  return Tagger(lexicon, reading, outline).run();
}

}  // namespace mbe::analyse
