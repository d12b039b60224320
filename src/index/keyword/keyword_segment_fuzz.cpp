// Any bytes: the segment reader answers corrupt or reads within them. The input follows a head
// whose checksum is made to fit, so that the decoders behind it are reached, too.
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "index/keyword/postings.h"
#include "index/keyword/segment.h"

namespace {

void search(const mbe::KeywordSegment& segment) {
  for (auto at = segment.dictionary().begin();;) {
    const auto more = at.next();
    if (!more.ok() || !*more) break;
    mbe::PostingReader reader;
    if (!segment.open_postings(at.entry(), reader).ok()) continue;
    for (std::uint32_t block = 0; block < reader.blocks() && reader.load(block);) ++block;
  }
  (void)segment.dictionary().find("\x01term");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mbe::KeywordSegment;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  auto raw = mbe::SegmentFile::from_memory(KeywordSegment::form(), bytes);
  if (raw.ok()) (void)KeywordSegment::parse(*raw);
  if (size < 4) return 0;
  // The first bytes deal the rest out to the sections.
  const std::size_t dictionary = data[0] * size / 256;
  const std::size_t heads = data[1] * size / 256;
  const std::uint32_t documents = 1u + data[2] % 200u;
  mbe::SegmentBuilder builder(KeywordSegment::form(), {documents, 0, documents - 1});
  std::string sequences;
  for (std::uint32_t i = 0; i < documents; ++i) {
    sequences.append(reinterpret_cast<const char*>(&i), sizeof i);
  }
  builder.add(1, std::string(sizeof(mbe::LengthTotals), '\0'));
  builder.add(2, sequences);
  builder.add(3, std::string(documents * 2ul, '\1'));
  builder.add(4, std::string(documents * 2ul, '\1'));
  builder.add(5, bytes.substr(std::min<std::size_t>(4, size), dictionary));
  builder.add(6, bytes.substr(std::min(dictionary, size), heads / 24 * 24));
  builder.add(7, bytes.substr(std::min(dictionary + heads, size)));
  auto file = mbe::SegmentFile::from_memory(KeywordSegment::form(), builder.finish());
  if (!file.ok()) return 0;
  const auto segment = KeywordSegment::parse(*std::move(file));
  if (segment.ok()) {
    search(**segment);
    (void)KeywordSegment::merge(std::span(&*segment, 1), mbe::SequenceSet{});
  }
  return 0;
}
