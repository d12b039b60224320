#include "ui/card.h"

#include <algorithm>

namespace mbe::app {
namespace {

constexpr std::size_t score_bar_width = 10;
constexpr std::size_t arm_bar_width = 16;

std::string indented(const std::string& text, std::size_t indent) {
  return std::string(indent, ' ') + text + "\n";
}

std::string marks(Context& context, const BlockView& block) {
  std::string out;
  const auto add = [&](const std::string& word, Colour colour) {
    out += " · " + paint(context, colour, word);
  };
  if (block.kind != "utterance") add(block.kind, Colour::dim);
  if (block.pinned) add(context.tr("pinned"), Colour::yellow);
  if (block.hidden) add(context.tr("hidden"), Colour::magenta);
  if (block.superseded_by) {
    add(context.tr("replaced by #{}", *block.superseded_by), Colour::magenta);
  }
  return out;
}

std::string head(Context& context, const BlockView& block) {
  std::string out = paint(context, Colour::blue, fmt::format("#{}", block.block_index));
  if (block.state == "ok") {
    out += "  " + paint(context, Colour::dim, context.zone().format(block.timestamp_ms));
  }
  if (!block.speaker.empty()) {
    out += "  " + paint(context, Colour::bold, clip(block.speaker, 24));
  }
  return out + marks(context, block);
}

std::string joined(Context& context, const std::vector<std::string>& words, Colour colour,
                   std::string_view before) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += " ";
    out += paint(context, colour, std::string(before) + plain(word));
  }
  return out;
}

std::string arm_line(Context& context, const ArmShare& arm, float score) {
  const double part = score > 0 ? static_cast<double>(arm.share / score) : 0;
  std::string out = pad(context.tr(arm.arm), 10) + " ";
  out += paint(context, Colour::cyan, bar(part, arm_bar_width));
  out += fmt::format(" {:.3f}  ", arm.share);
  const std::string rank =
      arm.rank == 0 ? context.tr("not found by it") : context.tr("rank {}", arm.rank);
  return out + paint(context, Colour::dim, rank);
}

}  // namespace

std::string state_note(Context& context, const BlockView& block) {
  if (block.state == "ok") return "";
  if (block.state == "erased") return context.tr("forgotten for good");
  if (block.state == "key-missing") return context.tr("its key is missing");
  return context.tr("damaged: run `mbe verify`");
}

std::string label_line(Context& context, const std::vector<std::string>& keywords,
                       const std::vector<std::string>& tags) {
  std::string out = joined(context, keywords, Colour::cyan, "");
  const std::string mood = joined(context, tags, Colour::yellow, "#");
  if (!out.empty() && !mood.empty()) out += "  ";
  return out + mood;
}

std::string block_card(Context& context, const BlockView& block, const CardOptions& options) {
  if (const std::string note = state_note(context, block); !note.empty()) {
    const std::string number = paint(context, Colour::blue, fmt::format("#{}", block.block_index));
    return indented(number + "  " + paint(context, Colour::magenta, note), options.indent);
  }
  std::string out = indented(head(context, block), options.indent);
  const std::size_t width = context.out().width() - std::min<std::size_t>(options.indent + 2, 20);
  std::vector<std::string> lines = wrap(block.context, width);
  if (lines.size() > options.lines_max) {
    const std::size_t cut = lines.size() - options.lines_max;
    lines.resize(options.lines_max);
    lines.push_back(context.tr("… ({} more lines)", cut));
  }
  for (const std::string& line : lines) out += indented(line, options.indent + 2);
  const std::string labels =
      options.keywords ? label_line(context, block.keywords, block.tags) : std::string();
  return labels.empty() ? out : out + indented(labels, options.indent + 2);
}

std::string hit_card(Context& context, const RecallHit& hit, std::size_t rank, bool explain) {
  const double score = static_cast<double>(hit.score);
  const Colour colour = score >= 0.5 ? Colour::green : Colour::yellow;
  std::string out = fmt::format("{:>2}. ", rank) +
                    paint(context, colour, bar(score, score_bar_width)) +
                    fmt::format(" {:.2f}  ", hit.score);
  // Its head stands after the score, the rest below it.
  constexpr std::size_t indent = 2;
  const std::string card = block_card(context, hit.block, {.indent = indent});
  const std::size_t first = card.find('\n');
  out += card.substr(indent, first + 1 - indent) + card.substr(first + 1);
  if (explain) {
    for (const ArmShare& arm : hit.arms) out += "      " + arm_line(context, arm, hit.score) + "\n";
    for (const Corroboration& one : hit.corroborated_by) {
      const std::string said = context.tr("{} says the same (#{}): confidence {}", one.writer,
                                          one.block_index, fmt::format("{:.2f}", hit.confidence));
      out += "      " + paint(context, Colour::green, "+ " + said) + "\n";
    }
    for (const BlockView& beside : hit.neighbours) {
      const std::string text =
          beside.speaker.empty() ? beside.context : beside.speaker + ": " + beside.context;
      const std::string line = clip(text, context.out().width() - 18);
      const std::string number = fmt::format("#{:<6}", beside.block_index);
      out += "      " + paint(context, Colour::dim, "┆ " + number + " " + line) + "\n";
    }
  }
  return out;
}

std::string block_line(Context& context, const BlockView& block, std::size_t indent) {
  const std::string number = fmt::format("#{}", block.block_index);
  const std::string note = state_note(context, block);
  const std::string date =
      note.empty() ? context.zone().format(block.timestamp_ms) : std::string(16, ' ');
  std::string said = block.speaker.empty() ? "" : clip(block.speaker, 12) + ": ";
  said += note.empty() ? block.context : note;
  if (said.empty()) said = context.tr(block.kind);  // a mark says nothing
  const std::size_t used = std::max<std::size_t>(number.size(), 6) + 2 + date.size() + 2;
  const std::string text = clip(said, context.out().width() - used - indent);
  return std::string(indent, ' ') + paint(context, Colour::blue, pad(number, 6)) + "  " +
         paint(context, Colour::dim, date) + "  " +
         paint(context, note.empty() ? Colour::none : Colour::magenta, text);
}

}  // namespace mbe::app
