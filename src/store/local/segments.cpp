#include "store/local/segments.h"

namespace mbe {

Result<Segments::Slot*> Segments::map(std::uint32_t number) const {
  MBE_ASSIGN(const std::unique_ptr<File> file, files_.open(path(number), OpenMode::read));
  auto fresh = std::make_unique<Slot>();
  MBE_ASSIGN(fresh->mapping, file->map(segment_map_bytes));
  MBE_ASSIGN(fresh->identity, file->identity());
  MBE_ASSIGN(const std::uint64_t size, file->size());
  fresh->size.store(size);
  owned_.push_back(std::move(fresh));
  slots_.store(number, owned_.back().get());
  return owned_.back().get();
}

Result<Segments::Slot*> Segments::slot(std::uint32_t number) const {
  if (Slot* const found = slots_.load(number)) return found;
  const std::lock_guard lock(mutex_);
  if (Slot* const found = slots_.load(number)) return found;
  return map(number);
}

Result<Segments::Slot*> Segments::measured(std::uint32_t number) const {
  const std::lock_guard lock(mutex_);
  Slot* const found = slots_.load(number);
  if (found == nullptr) return map(number);
  MBE_ASSIGN(const std::unique_ptr<File> file, files_.open(path(number), OpenMode::read));
  MBE_ASSIGN(const std::uint64_t identity, file->identity());
  if (identity != found->identity) return map(number);
  MBE_ASSIGN(const std::uint64_t size, file->size());
  found->size.store(size);
  return found;
}

Result<std::string_view> Segments::view(std::uint32_t number, std::uint64_t offset,
                                        std::uint64_t size) const {
  MBE_ASSIGN(Slot * found, slot(number));
  if (offset + size > found->size.load()) {
    MBE_ASSIGN(found, measured(number));
  }
  if (offset + size > found->size.load()) return too_short(number, found->size.load());
  return found->mapping->view(offset, size);
}

Result<std::string_view> Segments::rest(std::uint32_t number, std::uint64_t offset) const {
  MBE_ASSIGN(const Slot* const found, measured(number));
  const std::uint64_t size = found->size.load();
  if (size > segment_map_bytes) {
    return fail(ErrorCode::corrupt, "{} is {} bytes, more than any segment", path(number), size);
  }
  if (offset > size) return too_short(number, size);
  return found->mapping->view(offset, size - offset);
}

Error Segments::too_short(std::uint32_t number, std::uint64_t size) const {
  return fail(ErrorCode::corrupt, "{} ends at byte {}, before a block that was there", path(number),
              size);
}

void Segments::replaced(std::uint32_t number) {
  const std::lock_guard lock(mutex_);
  slots_.store(number, nullptr);
}

}  // namespace mbe
