#include "analyse/korean.h"

#include <algorithm>

#include "analyse/forms.h"
#include "analyse/korean_ending.h"
#include "analyse/korean_word.h"

namespace mbe::analyse {
/// One pass over a text's morphemes.
class KoreanReader::Reading {
 public:
  Reading(const KoreanReader& reader, std::string_view text, std::span<const Morpheme> morphemes,
          std::vector<Token>& out)
      : reader_(reader), text_(text), m_(morphemes), out_(out) {}

  void run() {
    while (at_ < m_.size()) {
      if (m_[at_].starts_word) ++word_;
      step();
    }
  }

 private:
  [[nodiscard]] bool same_word(std::size_t i) const { return i < m_.size() && !m_[i].starts_word; }

  void step() {
    const auto& m = m_[at_];
    const bool verb = m.tag == Tag::vv || m.tag == Tag::va || m.tag == Tag::vx ||
                      m.tag == Tag::vcn || m.tag == Tag::xsv || m.tag == Tag::xsa ||
                      (m.tag == Tag::ec && m.starts_word && m.form == "나");
    if (verb) return read_verb();
    if (is_noun_like(m.tag) || m.tag == Tag::xpn) return read_noun();
    if (m.tag == Tag::mag || m.tag == Tag::maj || m.tag == Tag::mm || m.tag == Tag::ic) {
      return read_adverb();
    }
    ++at_;
  }

  Token start() const {
    Token token;
    const auto& m = m_[at_];
    token.begin = m.begin;
    token.end = m.end;
    token.tail_end = m.end;
    token.word = word_;
    token.cost = m.cost;
    token.word_class = class_of(m.tag);
    return token;
  }

  void read_verb() {
    auto token = start();
    token.lemma = std::string(m_[at_].form) + "다";
    token.predicate = true;
    if (is_ending(m_[at_].tag)) token.word_class = WordClass::verb;
    if (token.word_class == WordClass::adjective) join_experience(token);
    ++at_;
    read_tail(token);
    finish(token);
  }

  void read_adverb() {
    auto token = start();
    token.lemma = m_[at_].form;
    const bool joins = same_word(at_ + 1) && join_suffix(token, at_ + 1);
    if (!joins) {
      ++at_;
      skip_particles(token);
    }
    finish(token);
  }

  /// adjective + 아하: one verb that says what somebody feels (좋아하다, 무서워하다).
  void join_experience(Token& token) {
    const auto next = at_ + 2;
    if (!same_word(at_ + 1) || !same_word(next)) return;
    const auto& link = m_[at_ + 1];
    const bool verb =
        m_[next].tag == Tag::vx || m_[next].tag == Tag::vv || m_[next].tag == Tag::xsv;
    if (link.tag != Tag::ec || m_[next].form != "하" || !verb) return;
    if (canonical_ending(link.tag, link.form) != "A") return;
    token.lemma = std::string(text_.substr(token.begin, link.end - token.begin)) + "하다";
    token.word_class = WordClass::verb;
    token.end = link.end;
    at_ = next;
  }

  /// noun or root + 하, 되, 스럽 …: one predicate.
  bool join_suffix(Token& token, std::size_t next) {
    const auto& suffix = m_[next];
    const bool derives = suffix.tag == Tag::xsv || suffix.tag == Tag::xsa;
    const bool light = suffix.tag == Tag::vv && (suffix.form == "하" || suffix.form == "되" ||
                                                 suffix.form == "시키" || suffix.form == "당하");
    if (!derives && !light) return false;
    token.root = token.lemma;
    token.lemma.append(suffix.form).append("다");
    token.word_class = suffix.tag == Tag::xsa ? WordClass::adjective : WordClass::verb;
    token.predicate = true;
    token.end = std::max(token.end, suffix.whole ? suffix.end : token.end);
    token.tail_end = suffix.end;
    at_ = next + 1;
    read_tail(token);
    return true;
  }

  void read_noun() {
    auto token = start();
    token.lemma = m_[at_].form;
    token.foreign = m_[at_].tag == Tag::sl;
    if (m_[at_].tag == Tag::xpn && same_word(at_ + 1) && is_noun_like(m_[at_ + 1].tag)) {
      ++at_;
      token.lemma.append(m_[at_].form);
      token.word_class = class_of(m_[at_].tag);
      token.end = token.tail_end = m_[at_].end;
    }
    auto next = at_ + 1;
    while (same_word(next) && m_[next].tag == Tag::xsn) {
      if (!is_empty_suffix(m_[next].form)) {
        token.lemma.append(m_[next].form);
        token.end = m_[next].end;
      }
      token.tail_end = m_[next].end;
      ++next;
    }
    if (same_word(next) && join_suffix(token, next)) return finish(token);
    at_ = next;
    if (same_word(at_) && m_[at_].tag == Tag::vcp && has_ending(at_)) {
      token.predicate = true;
      token.set(Form::copula);
      ++at_;
      read_tail(token);
    } else {
      skip_particles(token);
    }
    finish(token);
  }

  void skip_particles(Token& token) {
    while (same_word(at_) && is_particle(m_[at_].tag)) {
      if (const auto role = role_of(m_[at_].form); role != Role::none) token.role = role;
      token.tail_end = std::max(token.tail_end, m_[at_].end);
      ++at_;
    }
    if (same_word(at_) && m_[at_].tag == Tag::vcp && has_ending(at_)) {
      token.predicate = true;
      token.set(Form::copula);
      ++at_;
      read_tail(token);
    }
  }

  /// A copula's ending never starts a word: 생각이 나 is a noun with a particle and a verb.
  [[nodiscard]] bool has_ending(std::size_t copula) const {
    const auto next = copula + 1;
    return next >= m_.size() || !m_[next].starts_word || !is_ending(m_[next].tag);
  }

  /// Endings, auxiliaries and bound nouns after a stem, as long as they belong to it.
  void read_tail(Token& token) {
    tail_.clear();
    while (at_ < m_.size() && continues_tail()) {
      const auto& m = m_[at_];
      if (m.starts_word) ++word_;
      extend(token);
      if (is_promise_ending()) {
        tail_.back() = "L게";
        at_ += 2;
        token.tail_end = std::max(token.tail_end, m.end);
        continue;
      }
      tail_.push_back(canonical_ending(m.tag, m.form));
      if (tail_.back().empty()) tail_.pop_back();
      token.tail_end = std::max(token.tail_end, m.end);
      ++at_;
    }
    apply_patterns(token);
  }

  /// Stem + 아지다, 고싶다 or ㄹ때, which the lexicon may know as one verb.
  void extend(Token& token) const {
    if (!tail_.empty() && tail_.back() == "L" && m_[at_].form == "때") {
      token.extended = std::string(text_.substr(token.begin, m_[at_ - 1].end - token.begin)) + "때";
    }
    if (tail_.size() != 1 || m_[at_].tag != Tag::vx) return;
    const bool changes = tail_.back() == "A" && m_[at_].form == "지";
    const bool wishes = tail_.back() == "고" && m_[at_].form == "싶";
    if (!changes && !wishes) return;
    const auto stem = text_.substr(token.begin, m_[at_ - 1].end - token.begin);
    token.extended = std::string(stem) + (changes ? "지다" : "싶다");
  }

  /// The tagger cuts -ㄹ게 into ㄹ + 것 + 이다.
  [[nodiscard]] bool is_promise_ending() const {
    if (tail_.empty() || tail_.back() != "L" || at_ + 1 >= m_.size()) return false;
    const auto& m = m_[at_];
    const auto& next = m_[at_ + 1];
    if (m.tag != Tag::nnb || m.starts_word || m.begin != next.begin) return false;
    if (!text_.substr(m.begin, m.end - m.begin).starts_with("게")) return false;
    const bool subject =
        at_ + 2 < m_.size() && (m_[at_ + 2].form == "있" || m_[at_ + 2].form == "없");
    return next.tag == Tag::vcp || (next.tag == Tag::jks && !subject);
  }

  [[nodiscard]] bool continues_tail() const {
    const auto& m = m_[at_];
    if (m.form == "마" && !tail_.empty() && tail_.back() == "지") return true;
    if (is_ending(m.tag)) return !m.starts_word || tail_.empty() || m.tag == Tag::ef;
    if (tail_.empty()) return false;
    if (m.tag == Tag::vx && (tail_.back() == "A" || tail_.back() == "지")) return true;
    const auto& last = tail_.back();
    if (m.tag == Tag::nnb) return last == "N" || last == "L" || last == "는" || last == "던";
    if (m.tag == Tag::vcp) return !m.starts_word;
    if (is_particle(m.tag)) return !m.starts_word;
    key_.assign(last).append(" ").append(canonical_ending(m.tag, m.form));
    return reader_.bridges_.contains(key_);
  }

  void apply_patterns(Token& token) {
    for (std::size_t i = 0; i < tail_.size();) {
      std::size_t used = 1;
      for (auto length = std::min(reader_.pattern_max_, tail_.size() - i); length > 0; --length) {
        key_.clear();
        for (std::size_t k = 0; k < length; ++k) {
          if (k > 0) key_ += ' ';
          key_ += tail_[i + k];
        }
        const bool at_end = i + length == tail_.size();
        auto found = reader_.forms_.end();
        if (at_end) {
          key_ += " $";
          found = reader_.forms_.find(key_);
          key_.resize(key_.size() - 2);
        }
        if (found == reader_.forms_.end()) found = reader_.forms_.find(key_);
        if (found != reader_.forms_.end()) {
          token.forms |= found->second;
          used = length;
          break;
        }
      }
      i += used;
    }
    const bool verb = token.word_class == WordClass::verb;
    if (!tail_.empty() && tail_.back() == "N" && verb) token.set(Form::past);
  }

  void finish(Token& token) {
    if (token.predicate) {
      if (const auto stem = reader_.stems_.find(token.lemma); stem != reader_.stems_.end()) {
        token.lemma = stem->second;
      }
    }
    const auto surface = text_.substr(token.begin, token.tail_end - token.begin);
    if (const auto found = reader_.readings_.find(token.lemma); found != reader_.readings_.end()) {
      for (const auto& other : found->second) {
        if (surface.starts_with(other.surface)) token.second = other.lemma;
      }
    }
    out_.push_back(std::move(token));
  }

  const KoreanReader& reader_;
  std::string_view text_;
  std::span<const Morpheme> m_;
  std::vector<Token>& out_;
  std::size_t at_ = 0;
  std::uint32_t word_ = 0;
  std::vector<std::string> tail_;
  mutable std::string key_;
};

Result<KoreanReader> KoreanReader::open(const std::filesystem::path& lexicon) {
  KoreanReader reader;
  const auto path = lexicon / "forms_ko.tsv";
  MBE_ASSIGN(const auto rows, read_table(path, 2, 2));
  for (const auto& row : rows) {
    const auto where = path.string() + " line " + std::to_string(row.line);
    MBE_ASSIGN(const auto forms, parse_forms(row.columns[1], where));
    reader.forms_.emplace(row.columns[0], forms);
    const auto parts = split(row.columns[0], ' ');
    reader.pattern_max_ = std::max(reader.pattern_max_, parts.size());
    for (std::size_t i = 1; i < parts.size(); ++i) {
      reader.bridges_.insert(parts[i - 1] + " " + parts[i]);
    }
  }
  MBE_ASSIGN(const auto readings, read_table(lexicon / "ko_readings.tsv", 3, 3));
  for (const auto& row : readings) {
    reader.readings_[row.columns[0]].push_back({row.columns[1], row.columns[2]});
  }
  MBE_ASSIGN(const auto stems, read_table(lexicon / "ko_stems.tsv", 2, 2));
  for (const auto& row : stems) reader.stems_.emplace(row.columns[0], row.columns[1]);
  return reader;
}

void KoreanReader::read(std::string_view text, std::span<const Morpheme> morphemes,
                        std::vector<Token>& out) const {
  Reading(*this, text, morphemes, out).run();
}

}  // namespace mbe::analyse
