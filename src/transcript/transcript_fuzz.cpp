// Any bytes are a transcript: every utterance is text that a block can hold, and reads back the
// same.
#include <cstdint>
#include <sstream>
#include <string>

#include "base/assert.h"
#include "base/utf8.h"
#include "transcript/transcript.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  mbe::TranscriptReader reader(in);
  std::uint64_t number = 0;
  while (const auto line = reader.next()) {
    MBE_ASSERT(line->number > number);
    number = line->number;
    MBE_ASSERT(!mbe::first_invalid_utf8(line->text) && !mbe::first_invalid_utf8(line->speaker));
    MBE_ASSERT(line->text.find('\0') == std::string::npos);
  }
  return 0;
}
