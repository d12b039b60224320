#include "analyse/korean_tagger.h"

#include <array>
#include <mutex>
#include <optional>
#include <utility>

#include "analyse/extra_words.h"
#include "analyse/korean_dictionary.h"
#include "analyse/korean_lattice.h"
#include "analyse/normal_text.h"
#include "base/utf8.h"

namespace mbe::analyse {
namespace {

constexpr std::size_t idle_sessions_max = 64;

struct TagName {
  std::string_view name;
  Tag tag;
};
constexpr std::array<TagName, 48> tag_names{{
    {"NNG", Tag::nng},     {"NNP", Tag::nnp},    {"NNB", Tag::nnb},   {"NNBC", Tag::nnbc},
    {"NR", Tag::nr},       {"NP", Tag::np},      {"VV", Tag::vv},     {"VA", Tag::va},
    {"VX", Tag::vx},       {"VCP", Tag::vcp},    {"VCN", Tag::vcn},   {"MM", Tag::mm},
    {"MAG", Tag::mag},     {"MAJ", Tag::maj},    {"IC", Tag::ic},     {"JKS", Tag::jks},
    {"JKC", Tag::jkc},     {"JKG", Tag::jkg},    {"JKO", Tag::jko},   {"JKB", Tag::jkb},
    {"JKV", Tag::jkv},     {"JKQ", Tag::jkq},    {"JX", Tag::jx},     {"JC", Tag::jc},
    {"EP", Tag::ep},       {"EF", Tag::ef},      {"EC", Tag::ec},     {"ETN", Tag::etn},
    {"ETM", Tag::etm},     {"XPN", Tag::xpn},    {"XSN", Tag::xsn},   {"XSV", Tag::xsv},
    {"XSA", Tag::xsa},     {"XR", Tag::xr},      {"SF", Tag::sf},     {"SE", Tag::symbol},
    {"SSO", Tag::symbol},  {"SSC", Tag::symbol}, {"SC", Tag::symbol}, {"SY", Tag::symbol},
    {"SL", Tag::sl},       {"SH", Tag::sh},      {"SN", Tag::sn},     {"UNKNOWN", Tag::unknown},
    {"UNA", Tag::unknown}, {"NA", Tag::unknown}, {"VSV", Tag::vv},    {"BOS/EOS", Tag::symbol},
}};

Tag tag_of(std::string_view name) {
  for (const auto& entry : tag_names) {
    if (entry.name == name) return entry.tag;
  }
  return Tag::unknown;
}

std::string_view cut(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return head;
}

struct Part {
  Tag tag;
  std::string_view form;  ///< of the feature line; empty: as it is written
};

/// The morphemes of one dictionary entry, from its feature line: POS, meaning, final consonant,
/// reading, type, first POS, last POS, expression.
std::vector<Part> parse_feature(std::string_view feature) {
  std::array<std::string_view, 8> field;
  for (auto& f : field) f = cut(feature, ',');
  std::vector<Part> parts;
  if (field[4] == "Inflect" || field[4] == "Preanalysis") {
    auto expression = field[7];
    while (!expression.empty()) {
      auto piece = cut(expression, '+');
      const auto form = cut(piece, '/');
      const auto tag = tag_of(cut(piece, '/'));
      if (!form.empty()) parts.push_back({tag, form});
    }
  }
  if (parts.empty()) {
    auto tags = field[0];
    parts.push_back({tag_of(cut(tags, '+')), {}});
  }
  return parts;
}

/// Feature lines that were parsed before; a newer one takes the place of an older one.
class ParsedFeatures {
 public:
  const std::vector<Part>& of(const char* feature) {
    const auto mixed =
        static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(feature)) * 0x9E3779B97F4A7C15U;
    Parsed& kept = kept_[mixed >> (64U - kept_bits)];
    if (kept.feature != feature) kept = {feature, parse_feature(feature)};
    return kept.parts;
  }

 private:
  static constexpr unsigned kept_bits = 13;
  struct Parsed {
    const char* feature = nullptr;
    std::vector<Part> parts;
  };
  std::vector<Parsed> kept_ = std::vector<Parsed>(std::size_t{1} << kept_bits);
};

}  // namespace

struct KoreanTagger::Session::State {
  explicit State(const KoreanDictionary& dictionary) : lattice(dictionary) {}
  KoreanLattice lattice;
  ParsedFeatures features;
  std::vector<Morpheme> out;
};

struct KoreanTagger::Parts {
  explicit Parts(KoreanDictionary opened) : dictionary(std::move(opened)) {}
  KoreanDictionary dictionary;
  std::mutex mutex;
  std::vector<std::unique_ptr<Session::State>> idle;
};

Result<KoreanTagger> KoreanTagger::open(const std::filesystem::path& dictionary,
                                        const std::vector<ExtraWord>& words) {
  MBE_ASSIGN(KoreanDictionary opened, KoreanDictionary::open(dictionary));
  if (!words.empty()) {
    MBE_ASSIGN(std::string bytes, extra_words_dictionary(opened, words));
    MBE_TRY(opened.add(std::move(bytes)));
  }
  return KoreanTagger(std::make_unique<Parts>(std::move(opened)));
}

KoreanTagger::KoreanTagger(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
KoreanTagger::KoreanTagger(KoreanTagger&& other) noexcept = default;
KoreanTagger& KoreanTagger::operator=(KoreanTagger&& other) noexcept = default;
KoreanTagger::~KoreanTagger() = default;

KoreanTagger::Session KoreanTagger::borrow() const {
  {
    const std::lock_guard lock(parts_->mutex);
    if (!parts_->idle.empty()) {
      auto state = std::move(parts_->idle.back());
      parts_->idle.pop_back();
      return Session(*this, std::move(state));
    }
  }
  return Session(*this, std::make_unique<Session::State>(parts_->dictionary));
}

KoreanTagger::Session::Session(const KoreanTagger& owner, std::unique_ptr<State> state)
    : owner_(&owner), state_(std::move(state)) {}
KoreanTagger::Session::Session(Session&& other) noexcept = default;

KoreanTagger::Session::~Session() {
  if (!state_) return;
  const std::lock_guard lock(owner_->parts_->mutex);
  auto& idle = owner_->parts_->idle;
  if (idle.size() < idle_sessions_max) idle.push_back(std::move(state_));
}

namespace {

/// Where to cut so that a piece stays small: the last white space before the limit, else the limit.
std::size_t piece_end(std::string_view text, std::size_t begin) {
  const auto limit = begin + KoreanTagger::piece_bytes_max;
  if (limit >= text.size()) return text.size();
  const auto space = text.find_last_of(" \n", limit);
  if (space != std::string_view::npos && space > begin) return space;
  return begin + utf8_prefix(text.substr(begin), KoreanTagger::piece_bytes_max).size();
}

}  // namespace

const std::vector<Morpheme>& KoreanTagger::Session::tag(std::string_view text) {
  auto& state = *state_;
  state.out.clear();
  bool space_before = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = piece_end(text, begin);
    for (const auto& word : state.lattice.cut(text.substr(begin, end - begin))) {
      if (word.after_space) space_before = true;
      Morpheme m;
      m.begin = static_cast<std::uint32_t>(begin) + word.begin;
      m.end = static_cast<std::uint32_t>(begin) + word.end;
      m.cost = word.cost;
      const auto surface = text.substr(m.begin, m.end - m.begin);
      if (!word.known) {
        std::string_view feature = word.feature;
        m.tag = tag_of(cut(feature, ','));
        m.form = surface;
        m.starts_word = std::exchange(space_before, false);
        state.out.push_back(m);
        continue;
      }
      const std::vector<Part>& parts = state.features.of(word.feature);
      m.whole = parts.size() == 1;
      for (const auto& part : parts) {
        m.tag = part.tag;
        m.form = part.form.empty() ? surface : part.form;
        m.starts_word = std::exchange(space_before, false);
        state.out.push_back(m);
      }
    }
    begin = end;
    space_before = true;
  }
  return state.out;
}

}  // namespace mbe::analyse
