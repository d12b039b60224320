// A bounded look at a GGUF file before a library parses it: every length is checked against what is
// left of the file, every product against overflow, every count against a limit. Loaders of such
// files have had heap overflows again and again; a file that passes here has no length, offset or
// shape that leaves it. Pure, thread-safe, allocates next to nothing.
// Format: the GGUF specification, versions 2 and 3, little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mbe {

/// What a checked file says about itself.
struct GgufSummary {
  std::uint32_t version = 0;
  std::uint64_t tensors = 0;
  std::uint64_t alignment = 32;  ///< bytes
  std::string architecture;      ///< general.architecture, e.g. "bert"
  std::uint64_t data_begin = 0;  ///< offset of the tensor data
};

/// Limits of a file that is accepted.
struct GgufLimits {
  std::uint64_t tensors_max = 16384;
  std::uint64_t values_max = 4096;            ///< metadata values
  std::uint64_t key_bytes_max = 256;          ///< names of values and of tensors
  std::uint64_t string_bytes_max = 1U << 20;  ///< one string, e.g. a chat template
  std::uint64_t array_items_max = 1U << 22;   ///< one array, e.g. a vocabulary
  std::uint64_t alignment_max = 4096;
};

/// Checks the whole structure of the file `bytes`. O(metadata); tensor data is not read.
/// Errors: corrupt (what is wrong, and at which offset).
[[nodiscard]] Result<GgufSummary> check_gguf(std::string_view bytes, const GgufLimits& limits = {});

}  // namespace mbe
