#include "analyse/korean_tagger.h"

#include <mecab.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "analyse/extra_words.h"
#include "analyse/normal_text.h"
#include "base/utf8.h"

namespace mbe::analyse {
namespace {

constexpr std::size_t cache_entries_max = 1U << 15U;
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
  std::string form;
};

/// The morphemes of one dictionary entry, from its feature line: POS, meaning, final consonant,
/// reading, type, first POS, last POS, expression.
std::vector<Part> parse_feature(std::string_view surface, std::string_view feature) {
  std::array<std::string_view, 8> field;
  for (auto& f : field) f = cut(feature, ',');
  std::vector<Part> parts;
  if (field[4] == "Inflect" || field[4] == "Preanalysis") {
    auto expression = field[7];
    while (!expression.empty()) {
      auto piece = cut(expression, '+');
      const auto form = cut(piece, '/');
      const auto tag = tag_of(cut(piece, '/'));
      if (!form.empty()) parts.push_back({tag, std::string(form)});
    }
  }
  if (parts.empty()) {
    auto tags = field[0];
    parts.push_back({tag_of(cut(tags, '+')), std::string(surface)});
  }
  return parts;
}

}  // namespace

struct KoreanTagger::Session::State {
  std::unique_ptr<MeCab::Lattice> lattice;
  std::unordered_map<const char*, std::vector<Part>> known;
  std::vector<Morpheme> out;
  std::vector<std::string> pieces;  ///< keeps unknown words' bytes alive
};

struct KoreanTagger::Parts {
  std::unique_ptr<MeCab::Model> model;
  std::unique_ptr<MeCab::Tagger> tagger;
  std::mutex mutex;
  std::vector<std::unique_ptr<Session::State>> idle;
};

namespace {

std::unique_ptr<MeCab::Model> load_model(const std::string& dictionary, const std::string& user) {
  std::vector<std::string> arguments{"mecab", "-r", "/dev/null", "-d", dictionary};
  if (!user.empty()) arguments.insert(arguments.end(), {"-u", user});
  std::vector<char*> raw;
  for (auto& argument : arguments) raw.push_back(argument.data());
  return std::unique_ptr<MeCab::Model>(
      MeCab::createModel(static_cast<int>(raw.size()), raw.data()));
}

/// A file that mecab can map by name and that leaves no trace once `path` is unlinked.
Result<std::string> write_temporary(const std::string& bytes) {
  auto path = (std::filesystem::temp_directory_path() / "mbe-words-XXXXXX").string();
  const int file = mkstemp(path.data());
  if (file < 0)
    return fail(ErrorCode::io, "cannot create {}: set TMPDIR to a writable folder", path);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto wrote = ::write(file, bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  ::close(file);
  if (done == bytes.size()) return path;
  ::unlink(path.c_str());
  return fail(ErrorCode::io, "cannot write {}: free some space there", path);
}

}  // namespace

Result<KoreanTagger> KoreanTagger::open(const std::filesystem::path& dictionary,
                                        const std::vector<ExtraWord>& words) {
  if (!std::filesystem::exists(dictionary / "sys.dic")) {
    return fail(ErrorCode::unavailable, "no Korean dictionary in {}: run tools/setup",
                dictionary.string());
  }
  auto parts = std::make_unique<Parts>();
  parts->model = load_model(dictionary.string(), {});
  if (!parts->model) {
    return fail(ErrorCode::corrupt, "the Korean dictionary in {} does not load: run tools/setup",
                dictionary.string());
  }
  if (!words.empty()) {
    MBE_ASSIGN(const auto bytes, extra_words_dictionary(*parts->model, words));
    MBE_ASSIGN(const auto path, write_temporary(bytes));
    parts->model = load_model(dictionary.string(), path);
    ::unlink(path.c_str());
    if (!parts->model) {
      return fail(ErrorCode::corrupt, "the words of {} do not load into the Korean dictionary",
                  "ko_words.tsv");
    }
  }
  parts->tagger.reset(parts->model->createTagger());
  MBE_ASSERT(parts->tagger);
  return KoreanTagger(std::move(parts));
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
  auto state = std::make_unique<Session::State>();
  state->lattice.reset(parts_->model->createLattice());
  return Session(*this, std::move(state));
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
  if (state.known.size() > cache_entries_max) state.known.clear();
  auto& lattice = *state.lattice;
  bool space_before = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = piece_end(text, begin);
    lattice.set_sentence(text.data() + begin, end - begin);
    if (!owner_->parts_->tagger->parse(&lattice)) break;
    for (auto* node = lattice.bos_node()->next; node != nullptr && node->next != nullptr;
         node = node->next) {
      const auto from = static_cast<std::uint32_t>(node->surface - text.data());
      const std::string_view surface(node->surface, node->length);
      if (node->rlength > node->length) space_before = true;
      Morpheme m;
      m.begin = from;
      m.end = from + node->length;
      m.cost = node->wcost;
      if (node->stat == MECAB_UNK_NODE) {
        std::string_view feature = node->feature;
        m.tag = tag_of(cut(feature, ','));
        m.form = surface;
        m.starts_word = std::exchange(space_before, false);
        state.out.push_back(m);
        continue;
      }
      auto [entry, fresh] = state.known.try_emplace(node->feature);
      if (fresh) entry->second = parse_feature(surface, node->feature);
      m.whole = entry->second.size() == 1;
      for (const auto& part : entry->second) {
        m.tag = part.tag;
        m.form = part.form;
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
