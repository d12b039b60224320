// Where the bytes of an import come from: memory, a file, an entry of an archive. A source is read
// once from its beginning, by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mbe::importers {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Puts up to `size` bytes into `into` and says how many; 0 at the end.
  /// Errors: io, corrupt (an archive's entry is damaged), limit (it unpacks to too much).
  [[nodiscard]] virtual Result<std::size_t> read(char* into, std::size_t size) = 0;
  /// Of all of it; 0 where that is not known.
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
};

/// Bytes at hand; `text` must outlive it.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view text) : text_(text) {}
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t size) override;
  [[nodiscard]] std::uint64_t bytes_total() const override { return text_.size(); }

 private:
  std::string_view text_;
  std::size_t used_ = 0;
};

/// A file, or standard input for `-`. Errors: not_found, io (a folder, no permission).
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

}  // namespace mbe::importers
