#include "server/shim.h"

namespace mbe {

namespace {

constexpr std::size_t page = 1'000;
constexpr int tries_max = 3;

}  // namespace

std::string usual_chain(const Principal& who) {
  if (who.key_chains.size() == 1) return *who.key_chains.begin();
  if (who.role == Role::agent && who.grants.size() == 1) return who.grants.front().chain;
  return who.own_chain();
}

Result<ShimMemory> ShimMemory::open(Engine& engine, Audit& audit, const ShimCaller& caller,
                                    Right right) {
  MBE_TRY(check_access(caller.who, caller.chain, right));
  const bool makes = right == Right::write || caller.chain == caller.who.own_chain();
  MBE_ASSIGN(Memory * memory, engine.chain(caller.chain, makes));
  return ShimMemory(*memory, audit, caller);
}

RememberRequest ShimMemory::stamped(RememberRequest request) const {
  request.channel = caller_->door.channel;
  request.writer = caller_->who.name;
  request.trust = caller_->door.is_tool ? "tool" : caller_->who.trust();
  return request;
}

Result<std::vector<BlockView>> ShimMemory::all(RecallFilter filter) const {
  filter.include_hidden = filter.include_superseded = filter.include_retold = true;
  ListRequest request;
  request.filter = std::move(filter);
  request.limit = page;
  std::vector<BlockView> out;
  for (;;) {
    MBE_ASSIGN(std::vector<BlockView> blocks, memory_->list(request));
    const bool is_last = blocks.size() < page;
    if (!is_last) request.before = blocks.back().block_index;
    for (BlockView& block : blocks) {
      if (block.state == "ok") out.push_back(std::move(block));
    }
    if (is_last) return out;
    if (out.size() > blocks_max) {
      return fail(ErrorCode::limit, "more than {} blocks are meant; narrow the question",
                  blocks_max);
    }
  }
}

Result<std::size_t> ShimMemory::forget(const std::vector<std::uint64_t>& blocks) {
  if (blocks.empty()) return std::size_t{0};
  const ForgetTarget target{.blocks = blocks};
  // Another may add what rests on them between the preview and the deed.
  for (int tries = 1;; ++tries) {
    MBE_ASSIGN(const ForgetPreview preview, memory_->forget_preview(target));
    if (preview.count() == 0) return std::size_t{0};
    const auto report = memory_->forget(target, preview.count());
    if (report.ok()) {
      audit_->note("forget", caller_->who, caller_->door.name,
                   {{"chain", caller_->chain}, {"count", report->count}});
      return report->count;
    }
    if (report.error().code() != ErrorCode::invalid_argument || tries == tries_max) {
      return report.error();
    }
  }
}

}  // namespace mbe
