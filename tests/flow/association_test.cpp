// Association among a thousand other memories: what shares no word with the cue comes to mind by
// what it means - without vectors, with some, and with all of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "process.h"

namespace mbe::flow {
namespace {

struct Association {
  std::string cue;
  std::string memory;
};

const std::string failed = "마지막으로 진행했던 프로젝트가 망했다";
const std::string frustrated = "시험 결과를 보고 며칠을 좌절했다";
const std::string motivated = "선배 강연을 듣고 동기부여가 됐다";
const std::string stopped = "석 달 동안 하던 앱 개발을 멈췄다";

const std::vector<Association> associations = {{"힘들어", frustrated},
                                               {"힘들어", failed},
                                               {"힘들어", motivated},
                                               {"망했다", failed},
                                               {"무너졌다", failed},
                                               {"다 무너졌어", failed},
                                               {"의욕이 줄었어", failed},
                                               {"의욕이 줄었어", stopped},
                                               {"의욕이 바닥이야", motivated},
                                               {"망한 것 같아", failed},
                                               {"This is too hard for me", frustrated},
                                               {"It all collapsed", failed}};

/// A thousand things people tell that have nothing to do with any of it, each another one.
std::string distractions() {
  const std::vector<std::string> when = {"아침에", "점심때",   "어제",   "그저께", "지난주에",
                                         "주말에", "퇴근길에", "저녁에", "새벽에", "오늘"};
  const std::vector<std::string> who = {"동생이",   "아버지가", "옆집 아주머니가", "후배가",
                                        "과장님이", "사촌이",   "친구가",          "나는",
                                        "우리는",   "선생님이"};
  const std::vector<std::string> what = {"시장에서 귤을 샀다",       "부엌에서 국수를 먹었다",
                                         "도서관에서 신문을 읽었다", "베란다에서 화분에 물을 줬다",
                                         "강변에서 자전거를 탔다",   "공원에서 사진을 찍었다",
                                         "역에서 우산을 접었다",     "카페에서 커피를 마셨다",
                                         "집에서 빵을 구웠다",       "버스에서 음악을 들었다"};
  std::string out;
  for (const std::string& day : when) {
    for (const std::string& person : who) {
      for (const std::string& deed : what) out += day + " " + person + " " + deed + "\n";
    }
  }
  return out;
}

class AmongAThousand : public testing::Test {
 protected:
  void fill(const Program& program) {
    const std::string file = program.folder().file("all.txt", distractions());
    ASSERT_EQ(program.run({"import", "--format", "text", file, "--quiet"}).code, 0);
    for (const std::string& memory : {failed, frustrated, motivated, stopped}) {
      program.remember(memory);
    }
  }
  void expect_all(const Program& program) {
    for (const Association& one : associations) {
      const auto hits = program.json({"recall", one.cue, "--top-k", "5"})["hits"];
      const bool found =
          std::ranges::any_of(hits, [&](const auto& hit) { return hit["context"] == one.memory; });
      EXPECT_TRUE(found) << one.cue << " does not lead to: " << one.memory;
    }
  }
};

TEST_F(AmongAThousand, ByConceptsAlone) {
  const Program program;
  fill(program);
  expect_all(program);
}

TEST_F(AmongAThousand, WhileVectorsArePendingAndWithAllOfThem) {
  const Program program(Model::real);
  fill(program);
  expect_all(program);
  EXPECT_EQ(program.json({"reembed", "--wait"})["vectors_pending"], 0);
  expect_all(program);
}

}  // namespace
}  // namespace mbe::flow
