// Memory: forgetting, from preview to purge. The order of steps is that of docs/format/erasure.md.
#include <algorithm>

#include "engine/files.h"
#include "engine/memory_parts.h"
#include "engine/recaller.h"
#include "engine/records.h"
#include "engine/views.h"

namespace mbe {

namespace {

constexpr std::size_t cue_targets_max = 1'000;
constexpr std::size_t copies_looked_at = 20;

bool names_something(const ForgetTarget& target) {
  const RecallFilter& filter = target.filter;
  return !target.blocks.empty() || !target.cue.empty() || !filter.speakers.empty() ||
         !filter.sessions.empty() || !filter.tags.empty() || !filter.keywords.empty() ||
         !filter.kinds.empty() || !filter.trusts.empty() || !filter.channels.empty() ||
         !filter.sources.empty() || !filter.writers.empty() || filter.from_ms || filter.until_ms;
}

std::vector<SequenceRange> ranges_of(const std::vector<std::uint64_t>& sequences) {
  std::vector<SequenceRange> out;
  for (const std::uint64_t sequence : sequences) {
    if (!out.empty() && out.back().last + 1 == sequence) {
      out.back().last = sequence;
    } else {
      out.push_back({sequence, sequence});
    }
  }
  return out;
}

/// What a preview says besides the blocks, because no erasure of ours can change it.
std::vector<Message> standing_notes() {
  return {
      note("copies of this home (backups, snapshots, synchronised folders) still hold the block "
           "and, if the keys were copied too, its text"),
      note("flash storage may keep overwritten key bytes until it reuses them; full-disk "
           "encryption closes that gap")};
}

}  // namespace

/// The blocks a target names, without what rests on them.
static Result<SequenceSet> targets_of(const Memory::Parts& parts, const ForgetTarget& target) {
  if (!names_something(target)) {
    return fail(ErrorCode::invalid_argument,
                "nothing is named; give block numbers, a cue or a filter");
  }
  MBE_ASSIGN(const DerivedSnapshot indexes, parts.current());
  SequenceSet named;
  for (const std::uint64_t index : target.blocks) {
    MBE_ASSIGN(const Block block, parts.readable(index));
    if (!may_be_forgotten(block.payload)) {
      return fail(ErrorCode::invalid_argument, "block {} is not a memory and cannot be forgotten",
                  index);
    }
    named.add(index);
  }
  if (!target.blocks.empty()) return named;
  RecallFilter filter = target.filter;
  filter.include_hidden = filter.include_superseded = filter.include_retold = true;
  if (target.cue.empty()) return select_memories(filter, indexes, parts.analyser);
  RecallRequest request;
  request.cue = target.cue;
  request.filter = filter;
  request.top_k = cue_targets_max;
  MBE_ASSIGN(const RankedCue found, Recaller(parts).rank_cue(request, nullptr));
  for (const RankedHit& hit : found.ranked) {
    if (hit.score >= parts.ranker.threshold()) named.add(hit.sequence);
  }
  return named;
}

/// Blocks outside the erasure whose text is the same: told, not taken.
static Result<std::vector<Message>> copies_note(const Memory::Parts& parts, const BlockView& target,
                                                const SequenceSet& all) {
  RecallRequest request;
  request.cue = target.context;
  request.arms = {"keyword"};
  request.top_k = copies_looked_at;
  request.filter.include_hidden = request.filter.include_superseded = true;
  request.filter.include_retold = true;
  MBE_ASSIGN(const RankedCue found, Recaller(parts).rank_cue(request, nullptr));
  std::vector<Message> out;
  const std::string text = folded(target.context);
  for (const RankedHit& hit : found.ranked) {
    if (all.contains(hit.sequence)) continue;
    MBE_ASSIGN(const Block block, parts.chain->read(hit.sequence));
    if (block.state != BlockState::ok || folded(block.payload.text) != text) continue;
    out.push_back(note("block {} says the same as block {}; name it too to forget it", hit.sequence,
                       target.block_index));
  }
  return out;
}

std::string folded_source(std::string_view id) {
  return "\x01source " + std::string(id);
}

Result<ForgetPreview> Memory::forget_preview(const ForgetTarget& target) {
  MBE_ASSIGN(const SequenceSet named, targets_of(*parts_, target));
  MBE_ASSIGN(const SequenceSet resting, parts_->resting_on(named));
  ForgetPreview out;
  const SequenceSet all = named | resting;
  for (const std::uint64_t sequence : named.to_vector()) {
    MBE_ASSIGN(const Block block, parts_->chain->read(sequence));
    if (block.state == BlockState::ok) out.targets.push_back(block_view(block, parts_->analyser));
  }
  for (const std::uint64_t sequence : resting.to_vector()) {
    MBE_ASSIGN(const Block block, parts_->chain->read(sequence));
    if (block.state == BlockState::ok) out.derived.push_back(block_view(block, parts_->analyser));
  }
  constexpr std::size_t looked_for_copies_max = 20;
  for (std::size_t i = 0; i < std::min(out.targets.size(), looked_for_copies_max); ++i) {
    const BlockView& one = out.targets[i];
    if (one.context.empty()) continue;  // a mark
    MBE_ASSIGN(const auto copies, copies_note(*parts_, one, all));
    out.notes.insert(out.notes.end(), copies.begin(), copies.end());
    for (const std::uint64_t earlier : one.kind == "supersede" ? one.refs : decltype(one.refs){}) {
      if (all.contains(earlier)) continue;
      out.notes.push_back(note(
          "block {} was updated by block {} and becomes current again; name it too to forget it",
          earlier, one.block_index));
    }
  }
  std::vector<BlockView> everything = out.targets;
  everything.insert(everything.end(), out.derived.begin(), out.derived.end());
  MBE_ASSIGN(auto plain, parts_->plain_copies().notes(everything));
  for (Message& said : plain) out.notes.push_back(std::move(said));
  if (target.refuse) {
    out.notes.push_back(
        note("whoever holds this machine's key can test guesses of a refused statement"));
  }
  for (Message& standing : standing_notes()) out.notes.push_back(std::move(standing));
  return out;
}

Result<ForgetReport> Memory::forget(const ForgetTarget& target, std::size_t count) {
  MBE_ASSIGN(const ForgetPreview preview, forget_preview(target));
  if (preview.count() == 0) {
    return fail(ErrorCode::not_found, "nothing matches; nothing was forgotten");
  }
  if (preview.count() != count) {
    return fail(ErrorCode::invalid_argument,
                "{} blocks would be forgotten, not {}; look at the preview and confirm that number",
                preview.count(), count);
  }
  std::vector<BlockView> blocks = preview.targets;
  blocks.insert(blocks.end(), preview.derived.begin(), preview.derived.end());
  std::vector<std::uint64_t> sequences;
  std::vector<std::string> texts;
  EraseRequest request;
  request.reason = "forget";
  for (const BlockView& block : blocks) {
    sequences.push_back(block.block_index);
    texts.push_back(block.context);
    if (!block.source.empty()) request.refuse.push_back(folded_source(block.source));
  }
  std::ranges::sort(sequences);
  request.ranges = ranges_of(sequences);
  if (target.refuse) {
    for (const BlockView& block : preview.targets) request.refuse.push_back(folded(block.context));
  }
  ForgetReport report;
  report.count = sequences.size();
  // Before the keys go: afterwards nobody knows what to look for in raw originals.
  MBE_ASSIGN(const auto unsearched, parts_->plain_copies().forget_raw(blocks));
  MBE_TRY(parts_->plain_copies().forget_creations(sequences, blocks));
  const auto purge = [&](const Erasure& step) -> Result<std::vector<std::string>> {
    MBE_ASSIGN(report.unreached, parts_->purge(sequences_of(step.ranges), texts, &blocks));
    report.unreached.insert(report.unreached.end(), unsearched.begin(), unsearched.end());
    return report.unreached;
  };
  MBE_ASSIGN(const Erasure erasure, parts_->chain->erase(request, purge));
  report.erase_block = erasure.sequence;
  return report;
}

Result<std::vector<std::string>> Memory::Parts::purge(const std::vector<std::uint64_t>& sequences,
                                                      const std::vector<std::string>& texts,
                                                      const std::vector<BlockView>* blocks) const {
  std::vector<std::string> unreached;
  MBE_TRY(current());  // following the log carries the erasure out in everything derived
  if (blocks != nullptr) {
    MBE_TRY(plain_copies().forget(*blocks));
  } else {
    MBE_TRY(plain_copies().forget_refused(
        [&](const std::string& source) { return chain->is_refused(folded_source(source)); }));
  }
  MBE_TRY(plain_copies().forget_creations(sequences, {}));
  MBE_TRY(working->forget(sequences, texts));
  MBE_TRY(remove_directory(files, directory + "/quarantine"));  // holds sealed copies
  if (!derived->may_write()) {
    unreached.emplace_back(
        "another process writes the index files; it removes the block when it next follows the "
        "log");
  }
  return unreached;
}

}  // namespace mbe
