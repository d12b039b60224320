#include "report/pptx.h"

#include <fmt/core.h>
#include <zip.h>

#include <algorithm>
#include <map>

#include "report/slides.h"

namespace mbe::report {
namespace {

/// The archive's bytes. Errors: unavailable.
Result<std::string> pack(const std::map<std::string, std::string>& parts) {
  const auto failed = [] {
    return fail(ErrorCode::unavailable, "the slides cannot be packed; free some memory");
  };
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  if (target == nullptr) return failed();
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  if (archive == nullptr) return zip_source_free(target), zip_source_free(target), failed();
  bool good = true;
  for (const auto& [name, text] : parts) {
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    good = good && source != nullptr &&
           zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) >= 0;
  }
  if (!good) {
    zip_discard(archive);
  } else {
    good = zip_close(archive) == 0;
  }
  std::string bytes;
  zip_stat_t status;
  if (good && zip_source_open(target) == 0) {
    good = zip_source_stat(target, &status) == 0;
    bytes.resize(good ? status.size : 0);
    good = good && zip_source_read(target, bytes.data(), bytes.size()) ==
                       static_cast<zip_int64_t>(bytes.size());
    zip_source_close(target);
  }
  zip_source_free(target);
  if (!good || bytes.empty()) return failed();
  return bytes;
}

/// A section as slides: a long table goes on over several.
std::vector<Section> slides_of(const Section& section) {
  std::vector<Section> slides;
  Section part = section;
  const auto& rows = section.table.rows;
  std::size_t begin = 0;
  do {
    const auto end = std::min(rows.size(), begin + slide_rows_max);
    part.table.rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                           rows.begin() + static_cast<std::ptrdiff_t>(end));
    slides.push_back(part);
    part.paragraphs.clear();
    begin = end;
  } while (begin < rows.size());
  return slides;
}

}  // namespace

Result<std::string> make_pptx(const Document& document) {
  std::vector<std::string> slides = {title_slide(document)};
  for (const Section& section : document.sections) {
    for (const Section& part : slides_of(section)) {
      slides.push_back(section_slide(part, document.language));
    }
  }
  auto parts = frame_parts(slides.size());
  for (std::size_t i = 0; i < slides.size(); ++i) {
    const auto name = fmt::format("slide{}.xml", i + 1);
    parts["ppt/slides/" + name] = slides[i];
    parts["ppt/slides/_rels/" + name + ".rels"] = slide_relations();
  }
  return pack(parts);
}

}  // namespace mbe::report
