// Shows a report (report/document.h) on the terminal: headings, sentences wrapped to its width,
// tables with columns as wide as their cells.
#pragma once

#include "report/document.h"
#include "ui/context.h"

namespace mbe::app {

/// Prints it to standard output.
void print_document(Context& context, const report::Document& document);

}  // namespace mbe::app
