// Turns drafts into lines for the driver: chooses the epoch, reads the clock, seals. Internal to
// src/store. Called by one thread at a time, while no other writer can append.
#pragma once

#include <string>
#include <string_view>

#include "block/key_tree.h"
#include "store/chain.h"
#include "store/chain_view.h"
#include "store/key_store.h"

namespace mbe {

class Chain::LineSealer final : public Sealer {
 public:
  explicit LineSealer(Chain& chain) : chain_(chain) {}
  [[nodiscard]] Result<void> begin_group(const Position& first, std::size_t count) override;
  [[nodiscard]] Result<SealedBlock> seal(const Position& at, const Draft& draft,
                                         std::string& out) override;

 private:
  [[nodiscard]] Result<void> check_references(const Position& at, const Payload& payload) const;
  /// The epoch to seal under and its keys; begins a new epoch, durably, where the old one has ended
  /// or its key for this place is gone.
  [[nodiscard]] Result<BlockKeys> keys_for(const Position& at, std::uint32_t& epoch);
  /// The highest recorded time before `sequence`.
  [[nodiscard]] TimeMs recorded_before(std::uint64_t sequence) const;

  Chain& chain_;
  std::shared_ptr<const View> view_;
  std::shared_ptr<const KeyState> keys_;
  KeyPath path_;
  std::uint64_t next_ = 0;  ///< the sequence recorded_max_ holds before
  TimeMs recorded_max_ = INT64_MIN;
};

}  // namespace mbe
