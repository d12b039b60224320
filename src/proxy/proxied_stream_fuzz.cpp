// Any bytes as an answer of each wire, cut in two: never more than a block holds, and what the
// cutter gives is what it got.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/utf8.h"
#include "proxy/answer_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t half = size == 0 ? 0 : data[0] % size;
  for (const mbe::Wire wire : {mbe::Wire::chat, mbe::Wire::responses, mbe::Wire::messages}) {
    mbe::AnswerReader reader(wire);
    reader.take_stream(bytes.substr(0, half));
    reader.take_stream(bytes.substr(half));
    reader.take_whole(bytes);
    MBE_ASSERT(reader.answer().text.size() <= mbe::AnswerReader::text_bytes_max);
    MBE_ASSERT(!mbe::first_invalid_utf8(reader.answer().text));
  }
  mbe::EventCutter cutter;
  std::string out = cutter.feed(bytes.substr(0, half));
  out += cutter.feed(bytes.substr(half));
  MBE_ASSERT(out + cutter.rest() == bytes);
  return 0;
}
