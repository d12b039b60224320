#include <gtest/gtest.h>
#include <zip.h>

#include <algorithm>

#include <filesystem>
#include <fstream>
#include <pugixml.hpp>

#include "report/pdf.h"
#include "report/pptx.h"

namespace mbe::report {
namespace {

Document korean_document(std::size_t rows) {
  Document document{.title = "자원 계획", .subtitle = "여섯 모델 <과> & 그 밖", .language = "ko"};
  Section section{.heading = "메모리", .paragraphs = {"세 모델이 한 장에 들어갑니다."}};
  section.table.columns = {{"모델"}, {"무게", true}};
  for (std::size_t i = 0; i < rows; ++i) {
    section.table.rows.push_back({"모델 " + std::to_string(i), std::to_string(i * 10)});
  }
  document.sections = {section, {.heading = "가정", .paragraphs = {"끝."}}};
  return document;
}

/// What a program prints about a file with these bytes.
std::string output_of(const std::string& program, const std::string& bytes) {
  const auto path =
      std::filesystem::temp_directory_path() / ("mbe_report." + std::to_string(getpid()) + ".pdf");
  std::ofstream(path, std::ios::binary) << bytes;
  std::string out;
  if (FILE* pipe = popen((program + " " + path.string() + " - 2>&1").c_str(), "r")) {
    char part[4096];
    for (std::size_t got = 0; (got = fread(part, 1, sizeof part, pipe)) > 0;) {
      out.append(part, got);
    }
    pclose(pipe);
  }
  std::filesystem::remove(path);
  return out;
}

TEST(MakePdf, HoldsTheTextInKorean) {
  const auto pdf = make_pdf(korean_document(3));
  ASSERT_TRUE(pdf.ok()) << pdf.error().message();
  const auto text = output_of("pdftotext -layout", *pdf);
  for (const std::string words :
       {"자원 계획", "여섯 모델 <과> & 그 밖", "세 모델이 한 장에 들어갑니다.", "모델 2", "가정"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << " not in:\n" << text;
  }
}

TEST(MakePdf, GoesOnOverPages) {
  const auto text = output_of("pdftotext", *make_pdf(korean_document(120)));
  EXPECT_NE(text.find("모델 119"), std::string::npos);
  EXPECT_GE(std::ranges::count(text, '\f'), 3);
  const auto one = output_of("pdftotext", *make_pdf(korean_document(3)));
  EXPECT_EQ(std::ranges::count(one, '\f'), 1);
}

TEST(MakePdf, TakesAnEmptyDocument) {
  EXPECT_TRUE(make_pdf({}).ok());
}

/// The parts of an archive by name.
std::map<std::string, std::string> parts_of(const std::string& bytes) {
  std::map<std::string, std::string> parts;
  zip_error_t error;
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) return parts;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t status;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &status);
    std::string text(status.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, text.data(), text.size()), static_cast<zip_int64_t>(text.size()));
    zip_fclose(file);
    parts[status.name] = std::move(text);
  }
  zip_close(archive);
  return parts;
}

/// All text on a slide, one line a paragraph.
std::string text_of(const std::string& slide) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_buffer(slide.data(), slide.size()));
  std::string text;
  for (const auto& found : document.select_nodes("//a:t")) {
    text += found.node().text().get() + std::string("\n");
  }
  return text;
}

TEST(MakePptx, HoldsASlideASectionWithItsTexts) {
  const auto pptx = make_pptx(korean_document(3));
  ASSERT_TRUE(pptx.ok()) << pptx.error().message();
  const auto parts = parts_of(*pptx);
  EXPECT_EQ(text_of(parts.at("ppt/slides/slide1.xml")), "자원 계획\n여섯 모델 <과> & 그 밖\n");
  EXPECT_NE(text_of(parts.at("ppt/slides/slide2.xml")).find("모델 2\n20\n"), std::string::npos);
  EXPECT_EQ(text_of(parts.at("ppt/slides/slide3.xml")), "가정\n끝.\n");
  EXPECT_FALSE(parts.contains("ppt/slides/slide4.xml"));
}

TEST(MakePptx, SpreadsALongTable) {
  const auto parts = parts_of(*make_pptx(korean_document(slide_rows_max + 1)));
  EXPECT_TRUE(parts.contains("ppt/slides/slide4.xml"));
  const auto rest = text_of(parts.at("ppt/slides/slide3.xml"));
  EXPECT_NE(rest.find("모델 " + std::to_string(slide_rows_max)), std::string::npos);
  EXPECT_EQ(rest.find("모델 0\n"), std::string::npos);
}

TEST(MakePptx, NamesAndTypesEveryPartThatItRelatesTo) {
  const auto parts = parts_of(*make_pptx(korean_document(3)));
  const auto types = parts.at("[Content_Types].xml");
  std::size_t relations = 0;
  for (const auto& [name, text] : parts) {
    pugi::xml_document document;
    ASSERT_TRUE(document.load_buffer(text.data(), text.size())) << name;
    if (!name.ends_with(".rels")) {
      const bool typed = types.find("\"/" + name + "\"") != std::string::npos;
      EXPECT_TRUE(typed || name == "[Content_Types].xml") << name;
      continue;
    }
    const std::filesystem::path folder = std::filesystem::path(name).parent_path().parent_path();
    for (const auto& relation : document.child("Relationships")) {
      const auto target = (folder / relation.attribute("Target").value()).lexically_normal();
      EXPECT_TRUE(parts.contains(target.string())) << name << " → " << target;
      ++relations;
    }
  }
  EXPECT_EQ(relations, 1U + 2 + 3 + 2 + 1 + 3);
}

}  // namespace
}  // namespace mbe::report
