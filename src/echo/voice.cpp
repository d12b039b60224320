#include "echo/voice.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "base/resources.h"
#include "base/utf8.h"

namespace mbe {

namespace {

constexpr double low_mood = -0.15;  // what separates the tones: a third of days lie on either side
constexpr double high_mood = 0.25;

Result<Json> read_texts(const std::string& name) {
  MBE_ASSIGN(const auto file, find_resource("echo/" + name));
  std::ifstream in(file);
  Json out = Json::parse(in, nullptr, false);
  if (out.is_object()) return out;
  return fail(ErrorCode::corrupt, "{} is not the JSON it should be", file.string());
}

/// An English text has words between blanks; Korean particles stand at the end of a word.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    const bool ends = static_cast<unsigned char>(c) < 0x80 &&
                      !std::isalnum(static_cast<unsigned char>(c)) && c != '\'';
    if (!ends) {
      out.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

bool begins_with_one_of(const std::string& word, const auto& beginnings) {
  return std::ranges::any_of(beginnings,
                             [&](std::string_view one) { return word.starts_with(one); });
}

std::string joined(const Json& texts, std::string_view between) {
  std::string out;
  for (const Json& one : texts) {
    if (!out.empty()) out += between;
    out += one.get<std::string>();
  }
  return out;
}

}  // namespace

Result<Voice> Voice::load(const std::string& language) {
  MBE_ASSIGN(Json texts, read_texts(language + ".json"));
  MBE_ASSIGN(Json schemas, read_texts("notes.json"));
  constexpr std::array<const char*, 23> keys = {"origin",
                                                "guest",
                                                "declarations",
                                                "philosophy",
                                                "tone",
                                                "bounds",
                                                "emotions",
                                                "unnamed",
                                                "unfixed",
                                                "to_guest",
                                                "notes",
                                                "name_sentence",
                                                "creation",
                                                "memories_only",
                                                "creation_denied",
                                                "nothing",
                                                "noted",
                                                "memory",
                                                "nobody",
                                                "day",
                                                "day_keywords",
                                                "day_mood",
                                                "creation_needs_model"};
  bool sound =
      texts["tones"].is_object() && texts["circuits"].is_object() && texts["asking"].is_array();
  for (const char* key : keys) sound = sound && texts[key].is_string();
  for (const Circuit circuit : all_circuits) {
    sound = sound && texts["circuits"][std::string(circuit_name(circuit))].is_string() &&
            schemas[std::string(circuit_name(circuit))].is_object();
  }
  if (!sound) return fail(ErrorCode::corrupt, "{} is not the JSON it should be", language);
  return Voice(std::move(texts), std::move(schemas));
}

bool Voice::asks(const std::string& said, const AnalysisView& analysis) const {
  std::string lower = said;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return analysis.is_question || std::ranges::any_of(texts_["asking"], [&](const Json& word) {
           return lower.find(word.get_ref<const std::string&>()) != std::string::npos;
         });
}

std::string Voice::text(const std::string& key) const {
  return texts_.at(key).get<std::string>();
}

std::string Voice::fill(const std::string& key,
                        const std::vector<std::pair<std::string, std::string>>& values) const {
  std::string out = text(key);
  for (const auto& [name, value] : values) {
    const std::string hole = "{" + name + "}";
    for (std::size_t at = out.find(hole); at != std::string::npos;
         at = out.find(hole, at + value.size())) {
      out.replace(at, hole.size(), value);
    }
  }
  return out;
}

std::string Voice::name(const std::optional<Identity>& identity) const {
  return identity ? identity->name : text("unnamed");
}

std::string Voice::system(const std::optional<Identity>& identity, const Speaker& speaker,
                          const Mood& mood) const {
  std::string out = fill(speaker.is_origin ? "origin" : "guest",
                         {{"name", name(identity)},
                          {"origin", identity ? identity->origin : speaker.name},
                          {"speaker", speaker.name}}) +
                    "\n";
  const auto add = [&](const char* title, const char* key) {
    if (!identity || !identity->data.contains(key) || identity->data[key].empty()) return;
    out += text(title) + joined(identity->data[key], " ") + "\n";
  };
  // What is declared may be said to the origin alone ("you are my origin").
  if (speaker.is_origin) add("declarations", "declarations");
  add("philosophy", "philosophy");
  const char* tone = mood.mood < low_mood ? "low" : mood.mood > high_mood ? "high" : "even";
  out += text("tone") + texts_["tones"][tone].get<std::string>() + "\n";
  if (!mood.emotions.empty()) out += text("emotions") + joined(mood.emotions, ", ") + "\n";
  return out + text("bounds");
}

std::string Voice::circuit(Circuit circuit, const std::optional<Identity>& identity) const {
  std::string out = texts_["circuits"][std::string(circuit_name(circuit))].get<std::string>();
  constexpr std::string_view hole = "{name}";
  if (const std::size_t at = out.find(hole); at != std::string::npos) {
    out.replace(at, hole.size(), name(identity));
  }
  return out;
}

std::string Voice::note_schema(Circuit circuit) const {
  return schemas_[std::string(circuit_name(circuit))].dump();
}

std::string Voice::creation(const std::optional<Identity>& identity) const {
  return fill("creation", {{"name", name(identity)}});
}

std::string Voice::who(const std::optional<Identity>& identity, const Speaker& speaker) const {
  if (speaker.is_origin) return identity ? identity->sentence : text("unfixed");
  return fill("name_sentence", {{"name", name(identity)}}) + " " + text("to_guest");
}

bool asks_who(const std::string& question, const AnalysisView& analysis, const std::string& name) {
  constexpr std::size_t words_max = 9;
  constexpr std::array<std::string_view, 5> asking = {"누구", "누군", "정체", "who", "who's"};
  constexpr std::array<std::string_view, 12> person = {"너", "넌",   "네가", "니가", "당신", "나는",
                                                       "난", "내가", "제가", "저는", "you",  "i"};
  const std::set<std::string> exact = {"you", "i", "me", "yourself", "너", "나", "넌", "난"};
  const std::vector<std::string> words = words_of(question);
  if (words.size() > words_max) return false;
  // Whoever is named beside Echo is asked about: "who is Minsu to you?".
  for (const std::string& keyword : analysis.keywords) {
    if (keyword != name) return false;
  }
  bool asks = false;
  bool of_us = false;
  for (const std::string& word : words) {
    asks = asks || begins_with_one_of(word, asking);
    const bool is_korean = !word.empty() && static_cast<unsigned char>(word[0]) >= 0x80;
    of_us = of_us || exact.contains(word) || (is_korean && begins_with_one_of(word, person)) ||
            (!name.empty() && word.starts_with(name));
  }
  return asks && of_us;
}

}  // namespace mbe
