#include "proxy/answer_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/json.h"

namespace mbe {
namespace {

const std::string chat_stream =
    R"(data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant",)"
    R"("content":""}}]})"
    "\n\n: a comment\n\n"
    R"(data: {"choices":[{"index":1,"delta":{"content":"other"}},)"
    R"({"index":0,"delta":{"content":"부산 "}}]})"
    "\n\n"
    R"(data: {"choices":[{"index":0,"delta":{"content":"바다","tool_calls":[{"x":1}]}}]})"
    "\n\n"
    R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
    "\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]\n\n";
const std::string responses_stream =
    "event: response.created\n"
    R"(data: {"type":"response.created","response":{"id":"r1","model":"m"}})"
    "\n\n"
    R"(data: {"type":"response.output_text.delta","delta":"부산 "})"
    "\n\n"
    R"(data: {"type":"response.reasoning_text.delta","delta":"hm"})"
    "\n\n"
    R"(data: {"type":"response.output_text.delta","delta":"바다"})"
    "\n\n"
    R"(data: {"type":"response.completed","response":{"id":"r1","model":"m"}})"
    "\n\n";
const std::string messages_stream =
    R"(data: {"type":"message_start","message":{"id":"a1","model":"m"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"hm"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"부산 "}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}})"
    "\n\n"
    R"(data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"바다"}})"
    "\n\n"
    R"(data: {"type":"message_stop"})"
    "\n\n";

struct Case {
  Wire wire;
  std::string stream, id;
};
const std::vector<Case> cases = {{Wire::chat, chat_stream, "c1"},
                                 {Wire::responses, responses_stream, "r1"},
                                 {Wire::messages, messages_stream, "a1"}};

TEST(AnswerReader, ReadsStreamsHoweverTheyAreCut) {
  for (const Case& one : cases) {
    for (const std::size_t size : {1UL, 2UL, 7UL, 100'000UL}) {
      AnswerReader reader(one.wire);
      for (std::size_t at = 0; at < one.stream.size(); at += size) {
        reader.take_stream(std::string_view(one.stream).substr(at, size));
      }
      EXPECT_EQ(reader.answer().text, "부산 바다");
      EXPECT_EQ(reader.answer().id, one.id);
      EXPECT_EQ(reader.answer().model, "m");
      EXPECT_TRUE(reader.answer().complete);
      EXPECT_TRUE(reader.answer().ended);
    }
  }
}

TEST(AnswerReader, AStreamThatBreaksOffIsNotComplete) {
  for (const Case& one : cases) {
    AnswerReader reader(one.wire);
    reader.take_stream(one.stream.substr(0, one.stream.find("바다")));
    EXPECT_EQ(reader.answer().text, "부산 ");
    EXPECT_FALSE(reader.answer().complete);
    EXPECT_FALSE(reader.answer().ended);
  }
}

TEST(AnswerReader, ReadsWholeAnswers) {
  const std::vector<std::pair<Wire, std::string>> whole = {
      {Wire::chat,
       R"({"id":"i","model":"m","choices":[{"index":0,"message":{"content":"부산"}}]})"},
      {Wire::responses,
       R"({"id":"i","model":"m","output":[{"type":"reasoning","content":[{"type":"text",)"
       R"("text":"h"}]},)"
       R"({"type":"message","content":[{"type":"output_text","text":"부산"},{"type":"refusal"}]}]})"},
      {Wire::messages,
       R"({"id":"i","model":"m","content":[{"type":"thinking","thinking":"h"},{"type":"text",)"
       R"("text":"부산"},{"type":"tool_use","input":{"text":"no"}}]})"}};
  for (const auto& [wire, body] : whole) {
    AnswerReader reader(wire);
    reader.take_whole(body);
    EXPECT_EQ(reader.answer().text, "부산") << body;
    EXPECT_EQ(reader.answer().model, "m");
    EXPECT_TRUE(reader.answer().complete);
  }
}

TEST(AnswerReader, WhatIsNoAnswerGivesNoWords) {
  for (const Case& one : cases) {
    for (const std::string body :
         {"", "x", "[]", "{}", R"({"choices":{},"output":1,"content":2})",
          R"({"choices":[1],"output":[1],"content":[1]})",
          R"({"choices":[{"message":3,"delta":4}],"output":[{"type":"message","content":5}]})"}) {
      AnswerReader reader(one.wire);
      reader.take_whole(body);
      reader.take_stream("data: " + body + "\n\n");
      EXPECT_EQ(reader.answer().text, "");
      EXPECT_FALSE(reader.answer().ended);
    }
  }
}

TEST(AnswerReader, KeepsNoMoreThanABlockHolds) {
  AnswerReader reader(Wire::chat);
  const std::string piece(400'001, 'a');
  for (int i = 0; i < 3; ++i) {
    reader.take_stream(R"(data: {"choices":[{"delta":{"content":")" + piece + "\"}}]}\n\n");
  }
  EXPECT_EQ(reader.answer().text.size(), AnswerReader::text_bytes_max);
}

TEST(AnswerReader, ANulIsNoCharacterOfAMemory) {
  AnswerReader reader(Wire::chat);
  reader.take_stream("data: {\"choices\":[{\"delta\":{\"content\":\"a\\u0000b\"}}]}\n\n");
  EXPECT_EQ(reader.answer().text, "ab");
}

TEST(EventCutter, GivesWholeEventsByteForByte) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string one = "event: a" + end + "data: 1" + end + end;
    const std::string two = "data: 2" + end + end;
    for (std::size_t size = 1; size <= one.size() + two.size(); ++size) {
      EventCutter cutter;
      std::string all;
      const std::string stream = one + two + "data: 3";
      for (std::size_t at = 0; at < stream.size(); at += size) {
        const std::string given = cutter.feed(std::string_view(stream).substr(at, size));
        all += given;
        const bool whole = all.empty() || all.ends_with(end + end) || all.ends_with("\r\n\r");
        EXPECT_TRUE(whole) << size;
      }
      EXPECT_EQ(all, one + two);
      EXPECT_EQ(cutter.rest(), "data: 3");
      EXPECT_EQ(cutter.rest(), "");
    }
  }
}

TEST(EventCutter, HoldsNoEndlessEvent) {
  EventCutter cutter;
  EXPECT_EQ(cutter.feed(std::string(EventCutter::held_bytes_max, 'a')), "");
  EXPECT_EQ(cutter.feed("b").size(), EventCutter::held_bytes_max + 1);
}

}  // namespace
}  // namespace mbe
