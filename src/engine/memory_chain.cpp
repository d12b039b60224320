// Memory: the chain as a whole - numbers, verification, derived files.
#include "engine/files.h"
#include "engine/memory_parts.h"
#include "engine/views.h"

namespace mbe {

Memory::Memory(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Memory::~Memory() {
  parts_->upkeep->stop();
  parts_->vectors->stop();
  // Closing must not fail; what is not written now is made again from the log at the next open.
  static_cast<void>(checkpoint());
}

Result<void> Memory::checkpoint() {
  if (parts_->chain->read_only()) return {};
  MBE_TRY(parts_->derived->flush());
  MBE_TRY(parts_->vectors->flush());
  return parts_->chain->checkpoint();
}

Result<void> Memory::scrub() {
  return parts_->chain->scrub();
}

Result<Stats> Memory::stats() {
  MBE_ASSIGN(const DerivedSnapshot indexes, parts_->current());
  MBE_ASSIGN(const SequenceSet memories,
             select_memories({.include_hidden = true, .include_superseded = true}, indexes,
                             parts_->analyser));
  const Head head = parts_->chain->head();
  Stats out;
  out.blocks = head.sequence + 1;
  out.memories = memories.size();
  for (const Erasure& erasure : parts_->chain->erasures()) {
    for (const SequenceRange& range : erasure.ranges) out.erased += range.last - range.first + 1;
  }
  out.pinned = indexes.attributes->flagged(Flag::pinned).size();
  out.hidden = indexes.attributes->flagged(Flag::hidden).size();
  MBE_ASSIGN(const SequenceSet pending, parts_->vectors->pending(indexes));
  MBE_ASSIGN(const SequenceSet contexts, parts_->vectors->pending_contexts(indexes));
  out.vectors = parts_->vectors->count();
  out.vectors_pending = pending.size() + contexts.size();
  MBE_ASSIGN(out.log_bytes, directory_bytes(parts_->files, parts_->directory + "/log"));
  out.keyword_bytes = parts_->derived->keyword_bytes();
  out.attribute_bytes = parts_->derived->attribute_bytes();
  out.vector_bytes = parts_->vectors->bytes();
  out.chain = parts_->name;
  out.model = parts_->vectors->model_id();
  out.head_hash = to_hex(view(head.hash));
  return out;
}

Result<std::uint64_t> Memory::erasures() {
  MBE_TRY(parts_->current());
  return parts_->chain->erasures().size();
}

VerifyResult Memory::verify(const Progress& progress) {
  std::stop_source stop;
  VerifyOptions options;
  options.open_payloads = true;
  options.cancel = stop.get_token();
  const std::uint64_t total = parts_->chain->head().sequence + 1;
  if (progress) {
    options.progress = [&](std::uint64_t sequence) {
      if (!progress(sequence, total)) stop.request_stop();
    };
  }
  const VerifyReport report = parts_->chain->verify(options);
  VerifyResult out;
  out.ok = report.ok();
  out.blocks = report.blocks;
  out.bytes = report.bytes;
  out.erased = report.erased;
  out.first_bad = report.first_bad;
  out.problems = report.problems;
  return out;
}

Result<void> Memory::rebuild(const Progress& progress) {
  MBE_TRY(parts_->derived->rebuild(progress));
  return {};
}

Result<std::uint64_t> Memory::reembed(bool all, const Progress& progress) {
  if (all) MBE_TRY(parts_->vectors->start_over());
  MBE_ASSIGN(const std::uint64_t left,
             parts_->vectors->embed_pending(UINT64_MAX, Vectors::Reach::own_and_context, progress));
  MBE_TRY(parts_->vectors->flush());
  return left;
}

}  // namespace mbe
