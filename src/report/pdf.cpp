#include "report/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>

namespace mbe::report {
namespace {

// A4 in points; 1 point is 1/72 inch.
constexpr double page_width = 595.28;
constexpr double page_height = 841.89;
constexpr double margin = 54;
constexpr double text_width = page_width - 2 * margin;
constexpr double cell_gap = 6;
constexpr double row_gap = 5;
/// Korean faces first; any face that has the letters stands in.
constexpr const char* face = "NanumGothic, Noto Sans CJK KR, Noto Sans KR, sans-serif";

struct Style {
  double points;
  bool bold = false;
  double grey = 0.1;  ///< 0 black … 1 white
};
constexpr Style title_style{20, true};
constexpr Style subtitle_style{10.5, false, 0.4};
constexpr Style heading_style{13, true};
constexpr Style text_style{10};
constexpr Style head_style{8.5, true, 0.35};
constexpr Style cell_style{8.5};

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};
using Surface = std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, Freed<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Freed<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>>;

cairo_status_t append(void* target, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

/// Forbids breaks inside words: Pango would break a Korean line after any syllable.
PangoAttrList* whole_words(const std::string& text) {
  PangoAttrList* list = pango_attr_list_new();
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    if (end > begin) {
      PangoAttribute* attribute = pango_attr_allow_breaks_new(FALSE);
      attribute->start_index = static_cast<guint>(begin);
      attribute->end_index = static_cast<guint>(end);
      pango_attr_list_insert(list, attribute);
    }
    begin = end + 1;
  }
  return list;
}

class Pages {
 public:
  explicit Pages(std::string& out)
      : surface_(cairo_pdf_surface_create_for_stream(append, &out, page_width, page_height)),
        cairo_(cairo_create(surface_.get())) {}

  void title(const std::string& text) {
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, text.c_str());
  }

  /// Text across the page, and the space below it.
  void paragraph(const std::string& text, const Style& style, double below) {
    if (text.empty()) return;
    const Layout layout = make_layout(text, style, text_width);
    const double height = height_of(layout.get());
    make_room(height);
    draw(layout.get(), style, margin);
    y_ += height + below;
  }

  void space(double height) { y_ += height; }

  /// Room for a heading and some of what follows.
  void make_room(double height) {
    if (y_ + height <= page_height - margin) return;
    cairo_show_page(cairo_.get());
    y_ = margin;
  }

  void table(const Table& table) {
    if (table.columns.empty()) return;
    const auto widths = column_widths(table);
    std::vector<std::string> titles;
    for (const Column& column : table.columns) titles.push_back(column.title);
    row(table, titles, widths, head_style);
    for (const auto& cells : table.rows) row(table, cells, widths, cell_style);
    y_ += row_gap;
  }

  /// False: something could not be drawn.
  [[nodiscard]] bool finish() {
    cairo_show_page(cairo_.get());
    cairo_surface_finish(surface_.get());
    return cairo_status(cairo_.get()) == CAIRO_STATUS_SUCCESS &&
           cairo_surface_status(surface_.get()) == CAIRO_STATUS_SUCCESS;
  }

 private:
  [[nodiscard]] Layout make_layout(const std::string& text, const Style& style,
                                   double width) const {
    Layout layout(pango_cairo_create_layout(cairo_.get()));
    const Font font(pango_font_description_from_string(face));
    pango_font_description_set_absolute_size(font.get(), style.points * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    PangoAttrList* attributes = whole_words(text);
    pango_layout_set_attributes(layout.get(), attributes);
    pango_attr_list_unref(attributes);
    if (width > 0) pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_spacing(layout.get(), static_cast<int>(style.points * 0.25 * PANGO_SCALE));
    return layout;
  }

  static double height_of(PangoLayout* layout) {
    int height = 0;
    pango_layout_get_size(layout, nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
  }

  static double width_of(PangoLayout* layout) {
    int width = 0;
    pango_layout_get_size(layout, &width, nullptr);
    return static_cast<double>(width) / PANGO_SCALE;
  }

  void draw(PangoLayout* layout, const Style& style, double x) const {
    cairo_set_source_rgb(cairo_.get(), style.grey, style.grey, style.grey);
    cairo_move_to(cairo_.get(), x, y_);
    pango_cairo_show_layout(cairo_.get(), layout);
  }

  /// As wide as the widest cell; too wide in all, the widest columns give way.
  [[nodiscard]] std::vector<double> column_widths(const Table& table) const {
    std::vector<double> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      double width = width_of(make_layout(table.columns[i].title, head_style, 0).get());
      for (const auto& cells : table.rows) {
        width = std::max(width, width_of(make_layout(cells[i], cell_style, 0).get()));
      }
      widths.push_back(width + 1);
    }
    const auto room = text_width - cell_gap * static_cast<double>(widths.size() - 1);
    double sum = 0;
    for (const double width : widths) sum += width;
    const double share = room / static_cast<double>(widths.size());
    if (sum <= room) return widths;
    double narrow = 0;
    for (const double width : widths) narrow += std::min(width, share);
    const double factor = (room - narrow) / std::max(1.0, sum - narrow);
    for (double& width : widths) {
      if (width > share) width = share + (width - share) * factor;
    }
    return widths;
  }

  void row(const Table& table, const std::vector<std::string>& cells,
           const std::vector<double>& widths, const Style& style) {
    std::vector<Layout> layouts;
    double height = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      layouts.push_back(make_layout(cells[i], style, widths[i]));
      if (table.columns[i].right) {
        pango_layout_set_alignment(layouts.back().get(), PANGO_ALIGN_RIGHT);
      }
      height = std::max(height, height_of(layouts.back().get()));
    }
    make_room(height + row_gap);
    double x = margin;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      draw(layouts[i].get(), style, x);
      x += widths[i] + cell_gap;
    }
    y_ += height + row_gap / 2;
    cairo_set_source_rgb(cairo_.get(), 0.8, 0.8, 0.8);
    cairo_set_line_width(cairo_.get(), 0.5);
    cairo_move_to(cairo_.get(), margin, y_);
    cairo_line_to(cairo_.get(), x - cell_gap, y_);
    cairo_stroke(cairo_.get());
    y_ += row_gap / 2;
  }

  Surface surface_;
  Cairo cairo_;
  double y_ = margin;
};

}  // namespace

Result<std::string> make_pdf(const Document& document) {
  std::string out;
  Pages pages(out);
  pages.title(document.title);
  pages.paragraph(document.title, title_style, 4);
  pages.paragraph(document.subtitle, subtitle_style, 14);
  for (const Section& section : document.sections) {
    pages.space(10);
    pages.make_room(90);
    pages.paragraph(section.heading, heading_style, 6);
    for (const std::string& text : section.paragraphs) pages.paragraph(text, text_style, 5);
    pages.table(section.table);
  }
  if (!pages.finish()) {
    return fail(ErrorCode::unavailable, "the PDF cannot be drawn; install the package fonts-nanum");
  }
  return out;
}

}  // namespace mbe::report
