// A report as PDF: A4 pages with embedded fonts, Korean lines broken between words only.
// The one wrapper around Pango and Cairo. Thread-safe.
#pragma once

#include "base/result.h"
#include "report/document.h"

namespace mbe::report {

/// The bytes of the PDF. A table row that is higher than a page is cut at its foot.
/// Errors: unavailable (the libraries cannot draw: no fonts, no memory).
[[nodiscard]] Result<std::string> make_pdf(const Document& document);

}  // namespace mbe::report
