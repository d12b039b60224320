#include "engine/deriving.h"

#include "engine/views.h"

namespace mbe {

Result<SequenceSet> select_said(const Memory::Parts& parts, const DerivedSnapshot& indexes,
                                RecallFilter filter) {
  if (filter.kinds.empty()) filter.kinds = {"utterance", "fact", "supersede"};
  return select_memories(filter, indexes, parts.analyser);
}

Result<void> write_made(const Memory::Parts& parts, MadeBlock made, DerivedBlock& out) {
  Analysis analysis = parts.analyser.analyse(made.about.text, made.time_ms, 0);
  Payload payload;
  payload.kind = made.kind;
  payload.trust = made.trust;
  payload.text = made.about.text;
  payload.session = std::move(made.session);
  payload.source = std::move(made.source);
  payload.channel = std::move(made.channel);
  payload.writer = std::move(made.writer);
  payload.event_ms = made.time_ms;
  for (const std::uint64_t source : made.about.sources) payload.refs.push_back({source, "", ""});
  payload.data = std::move(made.data);
  for (const Keyword& keyword : analysis.keywords) payload.keywords.push_back(keyword.label);
  payload.tags = analysis.tags;
  payload.importance = analysis.importance;
  payload.analysis_version = analysis.version;
  MBE_ASSIGN(const RememberReceipt receipt, parts.append(payload, std::move(analysis)));
  out.block_index = receipt.block_index;
  return {};
}

}  // namespace mbe
