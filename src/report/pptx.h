// A report as slides (PPTX, Office Open XML): a title slide, then one slide a section; long tables
// go on over several. The one wrapper around libzip and pugixml. Thread-safe.
#pragma once

#include "base/result.h"
#include "report/document.h"

namespace mbe::report {

/// Rows of a table on one slide.
inline constexpr std::size_t slide_rows_max = 12;

/// The bytes of the PPTX. Errors: unavailable (the archive cannot be written: no memory).
[[nodiscard]] Result<std::string> make_pptx(const Document& document);

}  // namespace mbe::report
