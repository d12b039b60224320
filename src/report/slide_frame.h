// What the XML parts of a deck share: namespaces, sizes, the empty group, and writing a tree out.
// For this folder's PPTX writer alone. Pure.
#pragma once

#include <array>
#include <pugixml.hpp>
#include <string>
#include <utility>

namespace mbe::report {

/// A slide of 13.33 by 7.5 inches, in EMU.
inline constexpr long slide_width = 12'192'000;
inline constexpr long slide_height = 6'858'000;

inline constexpr std::array<std::pair<const char*, const char*>, 3> namespaces = {
    {{"xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main"},
     {"xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"},
     {"xmlns:p", "http://schemas.openxmlformats.org/presentationml/2006/main"}}};

/// What the tree of shapes begins with.
void append_group(pugi::xml_node tree);

/// The text of a part of the archive.
[[nodiscard]] std::string written(const pugi::xml_document& document);

}  // namespace mbe::report
