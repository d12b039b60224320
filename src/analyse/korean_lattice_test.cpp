// The lattice beside libmecab over the same dictionary: the same words, whatever the text.
#include "analyse/korean_lattice.h"

#include <gtest/gtest.h>
#include <mecab.h>

#include <fstream>
#include <random>

#include "analyse/extra_words.h"
#include "base/resources.h"

namespace mbe::analyse {
namespace {

namespace fs = std::filesystem;

fs::path dictionary_path() {
  const auto found = find_resource(korean_dictionary_resource);
  if (!found.ok()) throw std::runtime_error(found.error().message());
  return *found;
}

/// Words of a text, one a line: bytes, cost, blank before it, known, feature.
std::string words_of_lattice(KoreanLattice& lattice, const std::string& text) {
  std::string out;
  for (const LatticeWord& word : lattice.cut(text)) {
    out += fmt::format("{}-{} {} {} {} {}\n", word.begin, word.end, word.cost, word.after_space,
                       word.known, word.feature);
  }
  return out;
}

/// mecab with the same dictionary and the same words of our own.
class Oracle {
 public:
  explicit Oracle(const std::string& added) {
    const fs::path file = fs::path(testing::TempDir()) / "mbe-lattice-test.dic";
    std::ofstream(file, std::ios::binary) << added;
    std::vector<std::string> arguments{"mecab",           "-r", "/dev/null", "-d",
                                       dictionary_path(), "-u", file};
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    model_.reset(MeCab::createModel(static_cast<int>(raw.size()), raw.data()));
    fs::remove(file);
    if (model_ == nullptr) throw std::runtime_error("mecab does not load the dictionary");
    tagger_.reset(model_->createTagger());
    lattice_.reset(model_->createLattice());
  }
  std::string words_of(const std::string& text) {
    lattice_->set_sentence(text.data(), text.size());
    EXPECT_TRUE(tagger_->parse(lattice_.get()));
    std::string out;
    for (auto* node = lattice_->bos_node()->next; node != nullptr && node->next != nullptr;
         node = node->next) {
      const auto begin = static_cast<std::size_t>(node->surface - text.data());
      out += fmt::format("{}-{} {} {} {} {}\n", begin, begin + node->length, node->wcost,
                         node->rlength > node->length, node->stat != MECAB_UNK_NODE, node->feature);
    }
    return out;
  }

 private:
  std::unique_ptr<MeCab::Model> model_;
  std::unique_ptr<MeCab::Tagger> tagger_;
  std::unique_ptr<MeCab::Lattice> lattice_;
};

class KoreanLatticeTest : public testing::Test {
 protected:
  KoreanLatticeTest() : dictionary_(*KoreanDictionary::open(dictionary_path())) {
    auto added = extra_words_dictionary(dictionary_, {{"번아웃", "사람"}, {"빡치다", "미치다"}});
    if (!added.ok()) throw std::runtime_error(added.error().message());
    oracle_ = std::make_unique<Oracle>(*added);
    if (!dictionary_.add(*std::move(added)).ok()) throw std::runtime_error("words do not load");
    lattice_ = std::make_unique<KoreanLattice>(dictionary_);
  }
  void expect_same(const std::string& text) {
    EXPECT_EQ(words_of_lattice(*lattice_, text), oracle_->words_of(text)) << text;
  }
  KoreanDictionary dictionary_;
  std::unique_ptr<KoreanLattice> lattice_;
  std::unique_ptr<Oracle> oracle_;
};

TEST_F(KoreanLatticeTest, CutsLabelledSentencesAsMecabDoes) {
  std::ifstream lines(std::string(MBE_SOURCE_DIR) + "/tests/data/labelled/dev.jsonl");
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) expect_same(line);
  EXPECT_GE(count, 100U);
}

TEST_F(KoreanLatticeTest, CutsUnknownAndForeignCharactersAsMecabDoes) {
  for (const char* text : {"번아웃이 와서 빡쳤다", "ㅋㅋㅋㅋ 뷁쉛쀍이", "abc가 3,500원이라던데",
                           "漢字와 ひらがなカタカナ", "😀웃겨🙂🙂", "  두 칸   띄고", "ÐÐ 나",
                           "!?!?...//", "\xcc\x81가나", "é́ 카페",
                           "가각갂갃간갅갆갇갈갉갊갋갌갍갎갏감갑값갓갔강갖갗갘같갚갛개객갞갟갠갡갢"
                           "갣갤갥갦갧갨갩갪갫갬갭"}) {
    expect_same(text);
  }
}

TEST_F(KoreanLatticeTest, CutsRandomTextAsMecabDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 draw(seed);
  const std::vector<std::string> pieces{"가", "나", "다", "는", "이", "을", "했", "었", "어", "요",
                                        "학", "교", "사", "람", "고", "지", "만", "ㅋ", "ㅠ", " ",
                                        " ",  "a",  "Z",  "7",  ".",  ",",  "漢", "の", "😀", "é"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (auto left = 1 + draw() % 60; left > 0; --left) text += pieces[draw() % pieces.size()];
    expect_same(text + ".");
  }
}

TEST_F(KoreanLatticeTest, FindsNothingInBlanks) {
  EXPECT_TRUE(lattice_->cut("").empty());
  EXPECT_TRUE(lattice_->cut("   ").empty());
  EXPECT_EQ(lattice_->cut("나  ").size(), 1U);
}

class BrokenDictionary : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / "mbe-broken-dictionary";
    fs::create_directories(folder_);
    for (const char* name : {"matrix.bin", "sys.dic", "unk.dic", "char.bin"}) {
      fs::create_symlink(dictionary_path() / name, folder_ / name);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }
  void replace(const std::string& name, const std::string& bytes) const {
    fs::remove(folder_ / name);
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::optional<ErrorCode> refused() const {
    const auto opened = KoreanDictionary::open(folder_);
    return opened.ok() ? std::nullopt : std::optional(opened.error().code());
  }
  fs::path folder_;
};

TEST_F(BrokenDictionary, OpensWhileItIsWhole) {
  EXPECT_EQ(refused(), std::nullopt);
}

TEST_F(BrokenDictionary, SaysThatItIsMissing) {
  fs::remove(folder_ / "sys.dic");
  EXPECT_EQ(refused(), ErrorCode::unavailable);
}

TEST_F(BrokenDictionary, RefusesCutOrForeignFiles) {
  for (const char* name : {"matrix.bin", "sys.dic", "unk.dic", "char.bin"}) {
    for (const std::string& bytes : {std::string(), std::string(3, 'x'), std::string(500, 'x')}) {
      replace(name, bytes);
      EXPECT_EQ(refused(), ErrorCode::corrupt) << name << " of " << bytes.size();
    }
    fs::remove(folder_ / name);
    fs::create_symlink(dictionary_path() / name, folder_ / name);
  }
}

}  // namespace
}  // namespace mbe::analyse
