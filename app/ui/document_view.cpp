#include "ui/document_view.h"

#include <algorithm>

namespace mbe::app {
namespace {

std::string cell(const std::string& text, std::size_t width, bool right) {
  const std::string shown = plain(text);
  if (!right) return pad(shown, width);
  const auto used = text_width(shown);
  return std::string(width > used ? width - used : 0, ' ') + shown;
}

void print_row(Context& context, const report::Table& table, const std::vector<std::size_t>& widths,
               const std::vector<std::string>& cells, Colour colour) {
  std::string line = "  ";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += "  ";
    line += cell(cells[i], widths[i], table.columns[i].right);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  context.print(colour == Colour::none ? line : paint(context, colour, line));
}

/// A table too wide for the terminal: row by row, each value below the other with its title.
void print_columns(Context& context, const report::Table& table) {
  std::size_t width = 0;
  for (const auto& column : table.columns) width = std::max(width, text_width(plain(column.title)));
  for (const auto& cells : table.rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == 0) {
        context.print("  " + plain(cells[i]));
      } else if (!cells[i].empty()) {
        const std::string title = pad(plain(table.columns[i].title), width);
        context.print("    " + paint(context, Colour::dim, title) + "  " + plain(cells[i]));
      }
    }
  }
}

void print_table(Context& context, const report::Table& table) {
  std::vector<std::size_t> widths;
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    titles.push_back(table.columns[i].title);
    std::size_t width = text_width(plain(titles.back()));
    for (const auto& cells : table.rows) width = std::max(width, text_width(plain(cells[i])));
    widths.push_back(width);
  }
  std::size_t whole = 0;
  for (const std::size_t width : widths) whole += width + 2;
  if (whole > context.out().width()) return print_columns(context, table);
  print_row(context, table, widths, titles, Colour::dim);
  for (const auto& cells : table.rows) print_row(context, table, widths, cells, Colour::none);
}

}  // namespace

void print_document(Context& context, const report::Document& document) {
  context.print(paint(context, Colour::bold, plain(document.title)));
  for (const std::string& line : wrap(document.subtitle, context.out().width())) {
    context.print(paint(context, Colour::dim, line));
  }
  for (const report::Section& section : document.sections) {
    context.print("");
    context.print(paint(context, Colour::bold, plain(section.heading)));
    for (const std::string& text : section.paragraphs) {
      for (const std::string& line : wrap(text, context.out().width() - 2)) {
        context.print("  " + line);
      }
    }
    if (!section.table.columns.empty()) print_table(context, section.table);
  }
}

}  // namespace mbe::app
