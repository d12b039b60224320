// What an operation returned, as a model should get it: without what it has no use for, page by
// page within a budget of tokens, and as text between delimiters that memory text cannot forge,
// with speaker, source and trust. Pure functions but for the delimiter.
#pragma once

#include <string>

#include "base/result.h"
#include "operations/read_json.h"

namespace mbe::mcp {

inline constexpr std::size_t budget_tokens_usual = 2'000;
inline constexpr std::size_t budget_tokens_max = 20'000;

/// Which part of a long result is wanted.
struct Page {
  std::size_t offset = 0;
  std::size_t budget_tokens = budget_tokens_usual;  ///< by EstimatedTokens: rather less than told
};

/// Takes `offset` and `budget_tokens` out of the arguments.
/// Errors: invalid_argument (no whole numbers), limit (more than 20,000 tokens).
[[nodiscard]] Result<Page> take_page(Json& arguments);

/// Blocks within the value, at any depth, without embeddings, nulls, empty lists and plain flags;
/// in lists without digests too. Everything else stays as it is.
[[nodiscard]] Json lean_result(Json result);

/// The first list of objects in the result - hits, blocks, days … - from `offset` on, as much of it
/// as fits. `next_offset` is added where more follows. A text that fits no page is cut; its block
/// says so by `cut`.
[[nodiscard]] Json one_page(Json result, const Page& page);

/// The text of one block from the byte `offset` on, as much as fits; `next_offset` as above.
[[nodiscard]] Json one_page_of_text(Json block, const Page& page);

/// The result as text. Blocks are fenced one by one, else the whole result, after `notice`.
[[nodiscard]] std::string fenced_text(const Json& result, const std::string& notice);

}  // namespace mbe::mcp
