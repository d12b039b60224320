#include "report/slide_frame.h"

#include <fmt/core.h>

#include <sstream>

#include "report/slides.h"

namespace mbe::report {
namespace {

constexpr std::string_view relation_base =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
constexpr std::string_view content_base =
    "application/vnd.openxmlformats-officedocument.presentationml.";

struct Relation {
  std::string kind, target;
};

/// Relations rId1, rId2 … in this order.
std::string relations(const std::vector<Relation>& list) {
  pugi::xml_document document;
  auto root = document.append_child("Relationships");
  root.append_attribute("xmlns") = "http://schemas.openxmlformats.org/package/2006/relationships";
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto node = root.append_child("Relationship");
    node.append_attribute("Id") = fmt::format("rId{}", i + 1).c_str();
    node.append_attribute("Type") = fmt::format("{}{}", relation_base, list[i].kind).c_str();
    node.append_attribute("Target") = list[i].target.c_str();
  }
  return written(document);
}

pugi::xml_node root_of(pugi::xml_document& document, const char* name) {
  auto root = document.append_child(name);
  for (const auto& [prefix, address] : namespaces) {
    root.append_attribute(prefix).set_value(address);
  }
  return root;
}

std::string content_types(std::size_t slides) {
  pugi::xml_document document;
  auto root = document.append_child("Types");
  root.append_attribute("xmlns") = "http://schemas.openxmlformats.org/package/2006/content-types";
  const auto standard = [&](const char* extension, const char* type) {
    auto node = root.append_child("Default");
    node.append_attribute("Extension") = extension;
    node.append_attribute("ContentType") = type;
  };
  standard("rels", "application/vnd.openxmlformats-package.relationships+xml");
  standard("xml", "application/xml");
  const auto part = [&](const std::string& name, const std::string& type) {
    auto node = root.append_child("Override");
    node.append_attribute("PartName") = name.c_str();
    node.append_attribute("ContentType") = type.c_str();
  };
  const auto own = [&](std::string_view kind) {
    return fmt::format("{}{}+xml", content_base, kind);
  };
  part("/ppt/presentation.xml", own("presentation.main"));
  part("/ppt/slideMasters/slideMaster1.xml", own("slideMaster"));
  part("/ppt/slideLayouts/slideLayout1.xml", own("slideLayout"));
  part("/ppt/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml");
  for (std::size_t i = 1; i <= slides; ++i) {
    part(fmt::format("/ppt/slides/slide{}.xml", i), own("slide"));
  }
  return written(document);
}

std::string presentation(std::size_t slides) {
  pugi::xml_document document;
  auto root = root_of(document, "p:presentation");
  auto master = root.append_child("p:sldMasterIdLst").append_child("p:sldMasterId");
  master.append_attribute("id") = "2147483648";
  master.append_attribute("r:id") = "rId1";
  auto list = root.append_child("p:sldIdLst");
  for (std::size_t i = 0; i < slides; ++i) {
    auto slide = list.append_child("p:sldId");
    slide.append_attribute("id") = static_cast<unsigned>(256 + i);
    slide.append_attribute("r:id") = fmt::format("rId{}", i + 3).c_str();
  }
  auto size = root.append_child("p:sldSz");
  size.append_attribute("cx") = slide_width;
  size.append_attribute("cy") = slide_height;
  auto notes = root.append_child("p:notesSz");
  notes.append_attribute("cx") = slide_height;
  notes.append_attribute("cy") = slide_width;
  return written(document);
}

std::string presentation_relations(std::size_t slides) {
  std::vector<Relation> list = {{"slideMaster", "slideMasters/slideMaster1.xml"},
                                {"theme", "theme/theme1.xml"}};
  for (std::size_t i = 1; i <= slides; ++i) {
    list.push_back({"slide", fmt::format("slides/slide{}.xml", i)});
  }
  return relations(list);
}

std::string master() {
  pugi::xml_document document;
  auto root = root_of(document, "p:sldMaster");
  auto content = root.append_child("p:cSld");
  auto fill = content.append_child("p:bg").append_child("p:bgPr");
  fill.append_child("a:solidFill").append_child("a:srgbClr").append_attribute("val") = "FFFFFF";
  fill.append_child("a:effectLst");
  append_group(content.append_child("p:spTree"));
  auto map = root.append_child("p:clrMap");
  for (const auto& [name, value] :
       {std::pair{"bg1", "lt1"}, {"tx1", "dk1"}, {"bg2", "lt2"}, {"tx2", "dk2"}}) {
    map.append_attribute(name) = value;
  }
  for (const char* name :
       {"accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"}) {
    map.append_attribute(name) = name;
  }
  auto layout = root.append_child("p:sldLayoutIdLst").append_child("p:sldLayoutId");
  layout.append_attribute("id") = "2147483649";
  layout.append_attribute("r:id") = "rId1";
  return written(document);
}

std::string layout() {
  pugi::xml_document document;
  auto root = root_of(document, "p:sldLayout");
  root.append_attribute("type") = "blank";
  auto content = root.append_child("p:cSld");
  content.append_attribute("name") = "Blank";
  append_group(content.append_child("p:spTree"));
  root.append_child("p:clrMapOvr").append_child("a:masterClrMapping");
  return written(document);
}

void append_fonts(pugi::xml_node elements) {
  auto scheme = elements.append_child("a:fontScheme");
  scheme.append_attribute("name") = "Report";
  for (const char* kind : {"a:majorFont", "a:minorFont"}) {
    auto font = scheme.append_child(kind);
    font.append_child("a:latin").append_attribute("typeface") = "NanumGothic";
    font.append_child("a:ea").append_attribute("typeface") = "NanumGothic";
    font.append_child("a:cs").append_attribute("typeface") = "";
    auto korean = font.append_child("a:font");
    korean.append_attribute("script") = "Hang";
    korean.append_attribute("typeface") = "Malgun Gothic";
  }
}

/// Three of each kind of fill, line and effect: readers insist on them.
void append_formats(pugi::xml_node elements) {
  auto scheme = elements.append_child("a:fmtScheme");
  scheme.append_attribute("name") = "Report";
  const auto fills = [&](const char* name) {
    auto list = scheme.append_child(name);
    for (int i = 0; i < 3; ++i) {
      list.append_child("a:solidFill").append_child("a:schemeClr").append_attribute("val") =
          "phClr";
    }
  };
  fills("a:fillStyleLst");
  auto lines = scheme.append_child("a:lnStyleLst");
  auto effects = scheme.append_child("a:effectStyleLst");
  for (int i = 0; i < 3; ++i) {
    auto line = lines.append_child("a:ln");
    line.append_attribute("w") = 6350;
    line.append_child("a:solidFill").append_child("a:schemeClr").append_attribute("val") = "phClr";
    effects.append_child("a:effectStyle").append_child("a:effectLst");
  }
  fills("a:bgFillStyleLst");
}

std::string theme() {
  pugi::xml_document document;
  auto root = document.append_child("a:theme");
  root.append_attribute(namespaces[0].first) = namespaces[0].second;
  root.append_attribute("name") = "Report";
  auto elements = root.append_child("a:themeElements");
  auto colours = elements.append_child("a:clrScheme");
  colours.append_attribute("name") = "Report";
  const std::array<std::pair<const char*, const char*>, 12> list = {{{"a:dk1", "222222"},
                                                                     {"a:lt1", "FFFFFF"},
                                                                     {"a:dk2", "3A4A5A"},
                                                                     {"a:lt2", "F4F5F7"},
                                                                     {"a:accent1", "C2693A"},
                                                                     {"a:accent2", "3A7CA5"},
                                                                     {"a:accent3", "6A994E"},
                                                                     {"a:accent4", "B08968"},
                                                                     {"a:accent5", "7D6B91"},
                                                                     {"a:accent6", "888888"},
                                                                     {"a:hlink", "3A7CA5"},
                                                                     {"a:folHlink", "7D6B91"}}};
  for (const auto& [name, value] : list) {
    colours.append_child(name).append_child("a:srgbClr").append_attribute("val") = value;
  }
  append_fonts(elements);
  append_formats(elements);
  return written(document);
}

}  // namespace

void append_group(pugi::xml_node tree) {
  auto group = tree.append_child("p:nvGrpSpPr");
  auto identity = group.append_child("p:cNvPr");
  identity.append_attribute("id") = "1";
  identity.append_attribute("name") = "";
  group.append_child("p:cNvGrpSpPr");
  group.append_child("p:nvPr");
  tree.append_child("p:grpSpPr");
}

std::string written(const pugi::xml_document& document) {
  std::ostringstream out;
  out << R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return std::move(out).str();
}

std::string slide_relations() {
  return relations({{"slideLayout", "../slideLayouts/slideLayout1.xml"}});
}

std::map<std::string, std::string> frame_parts(std::size_t slides) {
  return {
      {"[Content_Types].xml", content_types(slides)},
      {"_rels/.rels", relations({{"officeDocument", "ppt/presentation.xml"}})},
      {"ppt/presentation.xml", presentation(slides)},
      {"ppt/_rels/presentation.xml.rels", presentation_relations(slides)},
      {"ppt/slideMasters/slideMaster1.xml", master()},
      {"ppt/slideMasters/_rels/slideMaster1.xml.rels",
       relations({{"slideLayout", "../slideLayouts/slideLayout1.xml"},
                  {"theme", "../theme/theme1.xml"}})},
      {"ppt/slideLayouts/slideLayout1.xml", layout()},
      {"ppt/slideLayouts/_rels/slideLayout1.xml.rels",
       relations({{"slideMaster", "../slideMasters/slideMaster1.xml"}})},
      {"ppt/theme/theme1.xml", theme()},
  };
}

}  // namespace mbe::report
