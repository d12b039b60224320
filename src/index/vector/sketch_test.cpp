#include "index/vector/sketch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace mbe {
namespace {

std::vector<float> random_row(SeededRandom& random, std::size_t dim) {
  std::vector<float> out(dim);
  for (float& value : out) value = static_cast<float>(random.unit()) - 0.5f;
  return out;
}

TEST(SketchTables, HoldThePartialSumsOfEveryCode) {
  SeededRandom random(4);
  const std::vector<float> query = random_row(random, 30);
  const std::vector<float> centre = random_row(random, 30);
  SketchTables tables;
  const SketchQuery made = tables.prepare(query, centre);
  ASSERT_EQ(made.groups, sketch_groups(query.size()));
  for (std::size_t group = 0; group < made.groups; ++group) {
    const std::uint8_t* table = made.tables + group * 16;
    // The table of a code is the floor and the levels of its bits.
    for (unsigned code = 0; code < 16; ++code) {
      int sum = table[0];
      for (unsigned bit = 0; bit < 4; ++bit) {
        if ((code >> bit & 1u) != 0) sum += table[1u << bit] - table[0];
      }
      EXPECT_EQ(table[code], sum);
      EXPECT_LE(table[code], 60);
    }
    for (std::size_t i = 0; i < 4 && group * 4 + i < query.size(); ++i) {
      const std::size_t at = group * 4 + i;
      const float level = (query[at] - centre[at]) / (made.scale / 2);
      EXPECT_NEAR(table[1u << i] - table[0], level, 0.5001f);
    }
  }
}

TEST(SketchTables, AQueryAtTheCentreHasNoDirection) {
  const std::vector<float> centre(8, 0.0f);
  for (const float away : {0.0f, 1.4e-45f, 1e-42f, 1e-31f}) {
    std::vector<float> query = centre;
    query[3] = away;
    SketchTables tables;
    const SketchQuery made = tables.prepare(query, centre);
    for (std::size_t i = 0; i < made.groups * 16; ++i) EXPECT_EQ(made.tables[i], 0) << away;
    EXPECT_TRUE(std::isfinite(made.scale) && std::isfinite(made.shift)) << away;
  }
}

}  // namespace
}  // namespace mbe
