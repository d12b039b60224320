#include "binding/json_text.h"

#include <gtest/gtest.h>

namespace mbe {
namespace {

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(JsonText, ReadsDocumentsAndNothingAsAnEmptyObject) {
  EXPECT_EQ(*read_json_text(""), Json::object());
  EXPECT_EQ(*read_json_text(R"({"text":"강"})"), Json({{"text", "강"}}));
  EXPECT_TRUE(read_json_text(nested(json_text_depth_max)).ok());
}

TEST(JsonText, RefusesWhatIsNoJsonOrTooDeep) {
  for (const std::string& text : {std::string("{"), std::string("nonsense"), std::string("\xff"),
                                  std::string("{} {}"), nested(json_text_depth_max + 2)}) {
    const auto read = read_json_text(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::invalid_argument);
  }
}

TEST(JsonText, RefusesWhatIsTooLarge) {
  const std::string large(json_text_bytes_max + 1, ' ');
  EXPECT_EQ(read_json_text(large).error().code(), ErrorCode::limit);
}

TEST(JsonText, WritesLettersAsTheyAre) {
  EXPECT_EQ(write_json_text({{"text", "강"}}), R"({"text":"강"})");
}

}  // namespace
}  // namespace mbe
