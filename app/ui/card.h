// Blocks as a person reads them: date, speaker, text wrapped to the terminal, keywords and mood in
// colour. Only strings come out; nothing is written here.
#pragma once

#include <string>

#include "ui/context.h"

namespace mbe::app {

struct CardOptions {
  bool keywords = true;        ///< the line of keywords and tags
  std::size_t lines_max = 12;  ///< of text; the rest is marked as cut
  std::size_t indent = 0;
};

/// A block: a head line, its text, a line of keywords and tags.
[[nodiscard]] std::string block_card(Context& context, const BlockView& block,
                                     const CardOptions& options = {});
/// Keywords in cyan, tags in yellow.
[[nodiscard]] std::string label_line(Context& context, const std::vector<std::string>& keywords,
                                     const std::vector<std::string>& tags);
/// A hit: score bar, the block, with `explain` what each arm gave, and the turns beside it.
[[nodiscard]] std::string hit_card(Context& context, const RecallHit& hit, std::size_t rank,
                                   bool explain);
/// One line: index, date, speaker and the text cut to the terminal, after `indent` blanks.
[[nodiscard]] std::string block_line(Context& context, const BlockView& block,
                                     std::size_t indent = 0);
/// The word that stands for a block that cannot be read; empty if it can.
[[nodiscard]] std::string state_note(Context& context, const BlockView& block);

}  // namespace mbe::app
