// A short report for people - sections of text and tables - apart from the form it takes: a
// terminal, a PDF (report/pdf.h) or slides (report/pptx.h). Plain values, already in the reader's
// language.
#pragma once

#include <string>
#include <vector>

namespace mbe::report {

struct Column {
  std::string title;
  bool right = false;  ///< numbers stand at the right
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
};

/// One slide, or a part of a page: a heading, sentences, and below them a table if it has columns.
struct Section {
  std::string heading;
  std::vector<std::string> paragraphs;
  Table table;
};

struct Document {
  std::string title, subtitle;
  std::string language = "en";  ///< ko or en
  std::vector<Section> sections;
};

}  // namespace mbe::report
