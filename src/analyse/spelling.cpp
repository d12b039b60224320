#include "analyse/spelling.h"

#include <algorithm>

#include "base/utf8.h"

namespace mbe::analyse {
namespace {

constexpr std::size_t syllable_bytes = 3;

bool is_three_byte_lead(char c) {
  return (static_cast<unsigned char>(c) & 0xF0U) == 0xE0U;
}

char32_t code_point(std::string_view text, std::size_t at) {
  return next_code_point(text, at);
}

/// ㅋ ㅎ ㄱ …: laughter; ㅠ ㅜ ㅡ: tears.
bool is_tear(char32_t c) {
  return c == 0x3160 || c == 0x315C;
}

}  // namespace

Result<Spelling> Spelling::open(const std::filesystem::path& file) {
  MBE_ASSIGN(const auto rows, read_table(file, 3, 3));
  Spelling spelling;
  for (const auto& row : rows) {
    const auto& from = row.columns[0];
    const auto& place = row.columns[2];
    Rule rule{from, row.columns[1], Place::any};
    if (place == "start") {
      rule.place = Place::start;
    } else if (place == "end") {
      rule.place = Place::end;
    } else if (place == "word") {
      rule.place = Place::word;
    } else if (place != "any") {
      return fail(ErrorCode::corrupt, "{} line {}: place {} is not any, start, end or word",
                  file.string(), row.line, place);
    }
    const auto last = from.size() < syllable_bytes ? from : from.substr(from.size() - 3);
    const auto c = code_point(last, 0);
    if (first_invalid_utf8(last) || !is_hangul(c)) {
      return fail(ErrorCode::corrupt, "{} line {}: {} does not end in a Hangul syllable",
                  file.string(), row.line, from);
    }
    spelling.anchors_.set(c - 0xAC00);
    spelling.rules_[last].push_back(std::move(rule));
  }
  for (auto& [anchor, rules] : spelling.rules_) {
    std::stable_sort(rules.begin(), rules.end(),
                     [](const Rule& a, const Rule& b) { return a.from.size() > b.from.size(); });
  }
  return spelling;
}

const Spelling::Rule* Spelling::find(std::string_view word, std::size_t end) const {
  const auto rules = rules_.find(word.substr(end - syllable_bytes, syllable_bytes));
  if (rules == rules_.end()) return nullptr;
  for (const auto& rule : rules->second) {
    if (end < rule.from.size()) continue;
    const auto begin = end - rule.from.size();
    if (word.substr(begin, rule.from.size()) != rule.from) continue;
    const bool at_start = begin == 0;
    const bool at_end = end == word.size();
    if (rule.place == Place::start && !at_start) continue;
    if (rule.place == Place::end && (!at_end || at_start)) continue;
    if (rule.place == Place::word && !(at_start && at_end)) continue;
    return &rule;
  }
  return nullptr;
}

NormalText Spelling::correct(const NormalText& text, Laughter& laughter) const {
  NormalText out;
  out.text.reserve(text.text.size());
  out.origin.reserve(text.origin.size());
  const std::string_view in = text.text;
  std::size_t word_begin = 0;  // in the input
  std::size_t word_end = 0;
  for (std::size_t at = 0; at < in.size();) {
    const char lead = in[at];
    if (!is_three_byte_lead(lead)) {
      out.text.push_back(lead);
      out.origin.push_back(text.origin[at++]);
      if (static_cast<unsigned char>(lead) < 0x80) word_begin = at;
      continue;
    }
    const auto c = code_point(in, at);
    if (is_jamo(c)) {
      const auto run_begin = at;
      while (at < in.size() && is_three_byte_lead(in[at]) && is_jamo(code_point(in, at))) at += 3;
      (is_tear(c) ? laughter.tears : laughter.laughs) += 1;
      out.text.push_back(' ');
      out.origin.push_back(text.origin[run_begin]);
      word_begin = at;
      continue;
    }
    for (std::size_t i = 0; i < syllable_bytes && at + i < in.size(); ++i) {
      out.text.push_back(in[at + i]);
      out.origin.push_back(text.origin[at + i]);
    }
    at += syllable_bytes;
    if (!is_hangul(c) || !anchors_.test(c - 0xAC00)) continue;
    word_end = std::max(word_end, at);
    while (word_end < in.size() && is_three_byte_lead(in[word_end]) &&
           is_hangul(code_point(in, word_end))) {
      word_end += syllable_bytes;
    }
    const auto* rule = find(in.substr(word_begin, word_end - word_begin), at - word_begin);
    if (rule == nullptr || out.text.size() < rule->from.size()) continue;
    const auto keep = out.text.size() - rule->from.size();
    if (std::string_view(out.text).substr(keep) != rule->from) continue;
    const auto from = out.origin[keep];
    out.text.resize(keep);
    out.origin.resize(keep);
    out.text.append(rule->to);
    out.origin.insert(out.origin.end(), rule->to.size(), from);
  }
  out.origin.push_back(text.origin.back());
  return out;
}

}  // namespace mbe::analyse
