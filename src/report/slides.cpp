#include "report/slides.h"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "report/slide_frame.h"

namespace mbe::report {
namespace {

// Lengths in EMU, 914,400 an inch; a slide is 13.33 by 7.5 inches.
constexpr long margin = 609'600;
constexpr long text_width = slide_width - 2 * margin;
constexpr long row_height = 380'000;
constexpr long line_height = 440'000;

struct Style {
  int points;
  bool bold = false;
  const char* colour = "222222";
  const char* align = "l";
};

/// One slide under construction.
class Slide {
 public:
  explicit Slide(std::string language) : language_(std::move(language)) {
    auto root = document_.append_child("p:sld");
    for (const auto& [name, address] : namespaces) {
      root.append_attribute(name).set_value(address);
    }
    tree_ = root.append_child("p:cSld").append_child("p:spTree");
    append_group(tree_);
    root.append_child("p:clrMapOvr").append_child("a:masterClrMapping");
  }

  /// A box of text, one paragraph a line.
  void text(const std::vector<std::string>& lines, const Style& style, long y, long height) {
    auto shape = tree_.append_child("p:sp");
    name(shape.append_child("p:nvSpPr"), "p:cNvSpPr");
    auto properties = shape.append_child("p:spPr");
    place(properties.append_child("a:xfrm"), y, height);
    auto geometry = properties.append_child("a:prstGeom");
    geometry.append_attribute("prst") = "rect";
    geometry.append_child("a:avLst");
    properties.append_child("a:noFill");
    auto body = shape.append_child("p:txBody");
    auto body_properties = body.append_child("a:bodyPr");
    body_properties.append_attribute("wrap") = "square";
    body_properties.append_child("a:normAutofit");
    for (const std::string& line : lines) paragraph(body, line, style);
  }

  void table(const Table& table, long y) {
    if (table.columns.empty()) return;
    auto frame = tree_.append_child("p:graphicFrame");
    name(frame.append_child("p:nvGraphicFramePr"), "p:cNvGraphicFramePr");
    const auto rows = static_cast<long>(table.rows.size()) + 1;
    place(frame.append_child("p:xfrm"), y, rows * row_height);
    auto data = frame.append_child("a:graphic").append_child("a:graphicData");
    data.append_attribute("uri") = "http://schemas.openxmlformats.org/drawingml/2006/table";
    auto grid_table = data.append_child("a:tbl");
    grid_table.append_child("a:tblPr").append_attribute("firstRow") = "1";
    auto grid = grid_table.append_child("a:tblGrid");
    for (const long width : column_widths(table)) {
      grid.append_child("a:gridCol").append_attribute("w") = width;
    }
    std::vector<std::string> titles;
    for (const Column& column : table.columns) titles.push_back(column.title);
    row(grid_table, table, titles, true);
    for (const auto& cells : table.rows) row(grid_table, table, cells, false);
  }

  [[nodiscard]] std::string xml() const { return written(document_); }

 private:
  void name(pugi::xml_node properties, const char* kind) {
    auto identity = properties.append_child("p:cNvPr");
    identity.append_attribute("id") = ++last_id_;
    identity.append_attribute("name") = ("part " + std::to_string(last_id_)).c_str();
    properties.append_child(kind);
    properties.append_child("p:nvPr");
  }

  static void place(pugi::xml_node frame, long y, long height) {
    auto offset = frame.append_child("a:off");
    offset.append_attribute("x") = margin;
    offset.append_attribute("y") = y;
    auto extent = frame.append_child("a:ext");
    extent.append_attribute("cx") = text_width;
    extent.append_attribute("cy") = height;
  }

  void paragraph(pugi::xml_node body, const std::string& text, const Style& style) const {
    auto node = body.append_child("a:p");
    auto properties = node.append_child("a:pPr");
    properties.append_attribute("algn") = style.align;
    // Korean lines break between words, not after any syllable.
    properties.append_attribute("latinLnBrk") = "0";
    properties.append_attribute("eaLnBrk") = "0";
    auto run = node.append_child("a:r");
    auto look = run.append_child("a:rPr");
    look.append_attribute("lang") = language_ == "ko" ? "ko-KR" : "en-US";
    look.append_attribute("sz") = style.points * 100;
    look.append_attribute("b") = style.bold ? "1" : "0";
    look.append_child("a:solidFill").append_child("a:srgbClr").append_attribute("val") =
        style.colour;
    look.append_child("a:latin").append_attribute("typeface") = "+mn-lt";
    look.append_child("a:ea").append_attribute("typeface") = "+mn-ea";
    run.append_child("a:t").text() = text.c_str();
  }

  void row(pugi::xml_node table, const Table& shape, const std::vector<std::string>& cells,
           bool head) const {
    auto node = table.append_child("a:tr");
    node.append_attribute("h") = row_height;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      auto cell = node.append_child("a:tc");
      auto body = cell.append_child("a:txBody");
      body.append_child("a:bodyPr");
      paragraph(body, cells[i],
                {.points = 14,
                 .bold = head,
                 .colour = head ? "FFFFFF" : "222222",
                 .align = shape.columns[i].right ? "r" : "l"});
      auto properties = cell.append_child("a:tcPr");
      properties.append_child("a:solidFill").append_child("a:srgbClr").append_attribute("val") =
          head ? "3A4A5A" : "F4F5F7";
    }
  }

  /// Shares of the width by the longest cell of each column; letters beyond ASCII count twice.
  static std::vector<long> column_widths(const Table& table) {
    const auto columns_of = [](const std::string& text) {
      long width = 4;
      for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0U) == 0xC0U) width += 2;
        if (static_cast<unsigned char>(byte) < 0x80U) ++width;
      }
      return width;
    };
    std::vector<long> widths;
    long sum = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      long width = columns_of(table.columns[i].title);
      for (const auto& cells : table.rows) width = std::max(width, columns_of(cells[i]));
      widths.push_back(std::min(width, 48L));
      sum += widths.back();
    }
    for (long& width : widths) width = text_width / sum * width;
    return widths;
  }

  std::string language_;
  pugi::xml_document document_;
  pugi::xml_node tree_;
  unsigned last_id_ = 1;
};

}  // namespace

std::string title_slide(const Document& document) {
  Slide slide(document.language);
  slide.text({document.title}, {.points = 36, .bold = true}, 2'500'000, 900'000);
  slide.text({document.subtitle}, {.points = 16, .colour = "666666"}, 3'500'000, 1'400'000);
  return slide.xml();
}

std::string section_slide(const Section& section, const std::string& language) {
  Slide slide(language);
  slide.text({section.heading}, {.points = 26, .bold = true}, 400'000, 650'000);
  long y = 1'150'000;
  if (!section.paragraphs.empty()) {
    std::size_t lines = 0;
    for (const std::string& text : section.paragraphs) lines += 1 + text.size() / 90;
    const long height = static_cast<long>(lines) * line_height + 100'000;
    slide.text(section.paragraphs, {.points = 20}, y, height);
    y += height + 100'000;
  }
  slide.table(section.table, y);
  return slide.xml();
}

}  // namespace mbe::report
