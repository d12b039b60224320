// From sealed blocks to what a person sees, and from a person's filter to the index's.
#pragma once

#include "analyse/analyser.h"
#include "engine/derived.h"
#include "mbe/types.h"
#include "store/chain.h"

namespace mbe {

/// The block as sealed, without flags and today's analysis. Never fails: a block that cannot be
/// read comes back with its state and nothing else.
[[nodiscard]] BlockView block_view(const Block& block, const Analyser& analyser);

/// Adds pinned and hidden, and who superseded it. Errors: corrupt.
Result<void> add_flags(BlockView& view, const AttributeSnapshot& attributes);

/// Adds keywords_now and tags_now.
void add_analysis_now(BlockView& view, const Analyser& analyser);

/// Labels or ids of tags and keywords become ids; as_of becomes a sequence.
/// Errors: invalid_argument (unknown kind or trust), corrupt.
[[nodiscard]] Result<AttributeFilter> index_filter(const RecallFilter& filter,
                                                   const DerivedSnapshot& indexes,
                                                   const Analyser& analyser);

/// The sequences of memory kinds that pass a person's filter.
[[nodiscard]] Result<SequenceSet> select_memories(const RecallFilter& filter,
                                                  const DerivedSnapshot& indexes,
                                                  const Analyser& analyser);

/// The analysis for people: ids with their labels, those of tags in the script of `text`, days as
/// they are called `utc_offset_minutes` east of UTC.
[[nodiscard]] AnalysisView analysis_view(const Analysis& analysis, const Analyser& analyser,
                                         std::string_view text, int utc_offset_minutes);

/// Which language a text is shown in: that of most of its letters; Korean where there is any
/// Hangul.
[[nodiscard]] Language script_of(std::string_view text);

}  // namespace mbe
