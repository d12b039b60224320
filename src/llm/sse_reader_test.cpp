#include "llm/sse_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace mbe {
namespace {

std::vector<std::string> events_of(const std::string& stream, std::size_t piece) {
  std::vector<std::string> out;
  SseReader reader([&out](const std::string& name, const std::string& data) {
    out.push_back(name.empty() ? data : name + "=" + data);
    return true;
  });
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    EXPECT_TRUE(reader.feed(stream.substr(at, piece)));
  }
  return out;
}

TEST(SseReader, ReadsEventsWhereverTheStreamIsCut) {
  const std::string stream =
      ": a comment\n\nevent: x\ndata: one\n\ndata:two\r\ndata: 둘\r\n\r\nid: 3\rdata: three\r\r"
      "data\n\ndata: not ended";
  const std::vector<std::string> expected = {"x=one", "two\n둘", "three", ""};
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    EXPECT_EQ(events_of(stream, piece), expected) << "pieces of " << piece;
  }
}

TEST(SseReader, StopsWhenToldTo) {
  int told = 0;
  SseReader reader([&told](const std::string&, const std::string&) { return ++told < 2; });
  EXPECT_FALSE(reader.feed("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
  EXPECT_EQ(told, 2);
}

TEST(SseReader, RefusesAnEventWithoutEnd) {
  SseReader reader([](const std::string&, const std::string&) { return true; });
  EXPECT_FALSE(reader.feed("data: " + std::string(SseReader::event_bytes_max, 'x')));
}

}  // namespace
}  // namespace mbe
