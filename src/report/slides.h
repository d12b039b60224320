// The XML of slides: what stands on one (title, section) and what every deck needs around them
// (content types, relations, master, layout, theme). For pptx.cpp alone. Pure.
// Format: ECMA-376 (Office Open XML), PresentationML, the parts that readers insist on.
#pragma once

#include <map>
#include <string>

#include "report/document.h"

namespace mbe::report {

/// The slide with title and subtitle.
[[nodiscard]] std::string title_slide(const Document& document);
/// A heading, the sentences, and the table below them.
[[nodiscard]] std::string section_slide(const Section& section, const std::string& language);
/// The relations of every slide: its layout.
[[nodiscard]] std::string slide_relations();
/// Everything else, by the names inside the archive.
[[nodiscard]] std::map<std::string, std::string> frame_parts(std::size_t slides);

}  // namespace mbe::report
