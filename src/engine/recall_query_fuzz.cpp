// Any bytes as a question: recall refuses it for a reason or answers within its promises. The first
// bytes choose the options, the rest is the cue. Needs the dictionary and the data files where
// base/resources.h looks.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/assert.h"
#include "embed/test_embedder.h"
#include "fs/faulty.h"
#include "mbe/engine.h"

namespace {

using mbe::Memory;

constexpr std::size_t option_bytes = 4;

/// One memory of a few talks, in memory alone, for all inputs.
Memory& memory() {
  static mbe::FakeClock clock(1'795'348'800'000);
  static mbe::FaultyFileSystem files(1);
  static const auto engine = mbe::Engine::open({.home = "h",
                                                .clock = &clock,
                                                .files = &files,
                                                .embedder = std::make_shared<mbe::TestEmbedder>()});
  static Memory* const opened = [] {
    MBE_ASSERT(engine.ok());
    const auto made = (*engine)->chain("main");
    MBE_ASSERT(made.ok());
    for (const char* text : {"작년 3월에 부산으로 이사했다", "보리는 닭고기 알레르기가 있다",
                             "I owe the bank 300 dollars", "We meet Jiwoo every Friday",
                             "면접에서 떨어져서 속상하다", "The heron left in May 2025"}) {
      clock.advance_ms(86'400'000);
      mbe::ObserveRequest said{.text = text, .speaker = "지우"};
      said.remember = "always";
      MBE_ASSERT((*made)->observe(said).ok());
    }
    return *made;
  }();
  return *opened;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < option_bytes) return 0;
  mbe::RecallRequest request;
  request.cue.assign(reinterpret_cast<const char*>(data) + option_bytes, size - option_bytes);
  request.top_k = data[0];
  request.threshold = (data[1] & 1) != 0;
  request.filter.include_superseded = (data[1] & 2) != 0;
  if ((data[1] & 4) != 0) request.filter.speakers = {"지우"};
  if ((data[1] & 8) != 0) request.conversation = "default";
  request.utc_offset_minutes = (data[2] - 128) * 6;
  constexpr const char* arms[] = {"keyword", "tag", "vector", "time", "waypoint"};
  for (unsigned arm = 0; arm < 5; ++arm) {
    if ((data[3] >> arm & 1) != 0) request.arms.emplace_back(arms[arm]);
  }
  const auto result = memory().recall(request);
  if (!result.ok()) return 0;
  MBE_ASSERT(result->hits.size() <= request.top_k);
  float last = 1;
  for (const mbe::RecallHit& hit : result->hits) {
    MBE_ASSERT(hit.score >= 0 && hit.score <= last);
    MBE_ASSERT(hit.block.state == "ok" && hit.span_begin <= hit.span_end);
    last = hit.score;
  }
  return 0;
}
