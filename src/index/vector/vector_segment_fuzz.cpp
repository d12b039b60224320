// Any bytes: the reader of vector segments answers corrupt or reads within them; raw, and as the
// sections of a file whose checksums fit.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "index/vector/segment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mbe::VectorSegment;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  auto raw = mbe::SegmentFile::from_memory(VectorSegment::form(), bytes);
  if (raw.ok()) (void)VectorSegment::parse(*raw);
  if (size < 2) return 0;
  const std::uint32_t count = 1u + data[0] % 8u;
  mbe::SegmentBuilder builder(VectorSegment::form(), {count, data[1], data[1]});
  std::size_t at = 2;
  for (const std::uint32_t section : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u}) {
    if (at + 2 > size) break;
    const std::size_t length = data[at] | std::size_t{data[at + 1]} << 8;
    at += 2;
    builder.add(section, bytes.substr(at, length));
    at += std::min(length, size - at);
  }
  auto file = mbe::SegmentFile::from_memory(VectorSegment::form(), builder.finish());
  if (!file.ok()) return 0;
  const auto segment = VectorSegment::parse(*std::move(file));
  if (segment.ok()) (void)VectorSegment::merge(std::span(&*segment, 1), mbe::SequenceSet{});
  return 0;
}
