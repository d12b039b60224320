#include "store/chain.h"

#include <algorithm>

#include "block/line.h"
#include "store/chain_view.h"
#include "store/key_store.h"
#include "store/line_sealer.h"

namespace mbe {

Chain::Chain(Parts parts)
    : clock_(parts.clock),
      id_(std::move(parts.id)),
      read_only_(parts.read_only),
      blocks_(std::move(parts.blocks)),
      keys_(std::move(parts.keys)),
      free_space_(std::move(parts.free_space)),
      sealer_(std::make_unique<LineSealer>(*this)) {
  auto empty = std::make_shared<View>();
  empty->keys = keys_->state();
  view_ = std::move(empty);
}

Chain::~Chain() = default;

Result<std::unique_ptr<Chain>> Chain::open(Parts parts) {
  const Payload genesis = parts.genesis;
  std::unique_ptr<Chain> chain(new Chain(std::move(parts)));
  if (!chain->blocks_->head()) {
    if (chain->damage()) {
      return fail(ErrorCode::corrupt, "the first block of chain {} is damaged; run mbe verify",
                  chain->id_);
    }
    if (chain->read_only_) {
      return fail(ErrorCode::not_found, "chain {} has no blocks yet", chain->id_);
    }
    MBE_TRY(chain->write_genesis(genesis));
  }
  const bool keyless = chain->keys_->state()->epochs.empty();
  if (keyless && !chain->read_only_) {
    return fail(ErrorCode::unavailable,
                "the keys of chain {} are missing; bring back its key state, or open it read-only",
                chain->id_);
  }
  const Result<std::string_view> first = chain->blocks_->read(0);
  const Result<CheckedLine> line = first.ok() ? check_header(*first) : first.error();
  if (line.ok() && line->header.chain != chain->id_) {
    return fail(ErrorCode::denied, "the log of chain {} belongs to chain {}", chain->id_,
                line->header.chain);
  }
  MBE_TRY(chain->update_view());
  if (!chain->read_only_) MBE_TRY(chain->with_reserve([&] { return chain->apply_erasures(); }));
  return chain;
}

Result<void> Chain::write_genesis(const Payload& genesis) {
  MBE_TRY(check_payload(genesis));
  Draft draft;
  draft.block_class = BlockClass::genesis;
  draft.payload = &genesis;
  const Result<Receipt> receipt = append_draft(draft, Durability::synced);
  // Denied when another process was quicker: then its genesis stands.
  if (!receipt.ok() && !blocks_->head()) return receipt.error();
  return {};
}

std::shared_ptr<const Chain::View> Chain::view() const {
  const std::lock_guard lock(view_mutex_);
  return view_;
}

Result<Receipt> Chain::append_draft(const Draft& draft, Durability durability) {
  MBE_ASSIGN(std::vector<Result<Receipt>> results,
             blocks_->append(std::span(&draft, 1), *sealer_, durability));
  return std::move(results.front());
}

Result<Receipt> Chain::append(const Payload& payload, Durability durability) {
  MBE_TRY(check_payload(payload));
  Draft draft;
  draft.payload = &payload;
  return append_draft(draft, durability);
}

Result<std::vector<Result<Receipt>>> Chain::append_many(std::span<const Payload> payloads,
                                                        Durability durability) {
  std::vector<Draft> drafts;
  std::vector<std::optional<Error>> refused(payloads.size());
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const Result<void> good = check_payload(payloads[i]);
    if (good.ok()) {
      drafts.push_back({BlockClass::data, {}, &payloads[i]});
    } else {
      refused[i] = good.error();
    }
  }
  MBE_ASSIGN(const std::vector<Result<Receipt>> appended,
             blocks_->append(drafts, *sealer_, durability));
  std::vector<Result<Receipt>> out;
  out.reserve(payloads.size());
  std::size_t next = 0;
  for (const std::optional<Error>& error : refused) {
    out.push_back(error ? Result<Receipt>(*error) : appended[next++]);
  }
  return out;
}

Head Chain::head() const {
  const std::optional<Head> head = blocks_->head();
  MBE_ASSERT(head.has_value());
  return *head;
}

Result<void> Chain::refresh() {
  MBE_TRY(blocks_->refresh());
  return update_view();
}

Result<Block> Chain::read(std::uint64_t sequence) const {
  const Result<std::string_view> line = blocks_->read(sequence);
  Block block;
  block.sequence = sequence;
  if (!line.ok()) {
    if (line.error().code() == ErrorCode::corrupt) return block;
    return line.error();
  }
  const std::shared_ptr<const View> now = view();
  return LineOpener(id_).open(*line, sequence, now->keys, now->is_erased(sequence));
}

Result<void> Chain::scan(std::uint64_t from, std::uint64_t to,
                         const std::function<bool(const Block&)>& visit) const {
  LineOpener opener(id_);
  const std::uint64_t last = std::min(to, head().sequence);
  for (std::uint64_t sequence = from; sequence <= last; ++sequence) {
    const Result<std::string_view> line = blocks_->read(sequence);
    Block block;
    block.sequence = sequence;
    if (line.ok()) {
      // Looked at anew for each block: an erasure takes effect in the middle of a scan.
      const std::shared_ptr<const View> now = view();
      block = opener.open(*line, sequence, now->keys, now->is_erased(sequence));
    } else if (line.error().code() != ErrorCode::corrupt) {
      return line.error();
    }
    if (!visit(block)) break;
  }
  return {};
}

Result<Digest> Chain::hash_of(std::uint64_t sequence) const {
  MBE_ASSIGN(const std::string_view line, blocks_->read(sequence));
  MBE_ASSIGN(const CheckedLine checked, check_header(line));
  return checked.hash;
}

bool Chain::refuses_texts() const {
  return !keys_->state()->refused.empty();
}

bool Chain::is_refused(std::string_view folded) const {
  const std::shared_ptr<const KeyState> keys = keys_->state();
  if (keys->refused.empty()) return false;
  return std::ranges::binary_search(keys->refused, refusal_of(*keys, folded));
}

Result<void> Chain::checkpoint() {
  return blocks_->checkpoint();
}

}  // namespace mbe
