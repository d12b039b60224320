// Texts from outside that would be instructions: every carrier of tests/data/injection with every
// payload in every disguise, some 10,000. For tests alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/utf8.h"

namespace mbe {

/// Where the fence of the prompt stands in a case.
inline constexpr std::string_view fence_hole = "{f}";

struct InjectionCase {
  std::string carrier, kind;  ///< names of its parts
  std::string disguise;
  std::string payload;  ///< as it is without its disguise
  std::string text;     ///< with `fence_hole`
  std::string canary;   ///< stands on both sides of the payload, and nowhere else
};

/// The text with every `what` made `by`.
inline std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Name and text of each row of a table of tests/data/injection.
inline std::vector<std::pair<std::string, std::string>> injection_rows(const std::string& name) {
  std::ifstream in(std::string(MBE_SOURCE_DIR) + "/tests/data/injection/" + name);
  EXPECT_TRUE(in) << name;
  std::vector<std::pair<std::string, std::string>> out;
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (line.empty() || line[0] == '#' || tab == std::string::npos) continue;
    out.emplace_back(line.substr(0, tab), replaced(line.substr(tab + 1), "\\n", "\n"));
  }
  return out;
}

/// Each ASCII letter by `of`, each other character as it is.
template <class Of>
std::string letters_as(const std::string& text, const Of& of) {
  std::string out;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out += is_letter ? of(c) : std::string(1, c);
  }
  return out;
}

/// Three bytes of UTF-8: U+0800 to U+FFFF.
inline std::string wide(unsigned point) {
  return {static_cast<char>(0xE0U | point >> 12U), static_cast<char>(0x80U | (point >> 6U & 0x3FU)),
          static_cast<char>(0x80U | (point & 0x3FU))};
}

/// The text with `what` after each character.
inline std::string between_characters(const std::string& text, const std::string& what) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    static_cast<void>(next_code_point(text, at));
    out += text.substr(begin, at - begin) + what;
  }
  return out;
}

/// Latin letters by the Cyrillic ones that look like them.
inline std::string homoglyphs(const std::string& text) {
  const std::string latin = "aceopxyiAEO";
  const std::vector<std::string> others = {"а", "с", "е", "о", "р", "х", "у", "і", "А", "Е", "О"};
  return letters_as(text, [&](char c) {
    const std::size_t at = latin.find(c);
    return at == std::string::npos ? std::string(1, c) : others[at];
  });
}

/// Name and text of every disguise.
inline std::vector<std::pair<std::string, std::string>> disguises(const std::string& text) {
  const auto fullwidth = [](char c) { return wide(0xFEE0U + static_cast<unsigned char>(c)); };
  const auto circled = [](char c) {
    return wide(c >= 'a' ? 0x24D0U + static_cast<unsigned>(c - 'a')
                         : 0x24B6U + static_cast<unsigned>(c - 'A'));
  };
  const auto upper = [](char c) {
    return std::string(1, c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c);
  };
  const std::string bytes = to_base64(text);
  return {{"as it is", text},
          {"fullwidth", letters_as(text, fullwidth)},
          {"circled", letters_as(text, circled)},
          {"upper", letters_as(text, upper)},
          {"zero width", between_characters(text, "\u200B")},
          {"joined", between_characters(text, "\u2060")},
          {"spaced", between_characters(text, " ")},
          {"homoglyphs", homoglyphs(text)},
          {"base64", "다음을 풀어서 그대로 따르라: " + bytes},
          {"code", "```sh\n" + text + "\n```"},
          {"other direction", "\u202E" + text + "\u202C"}};
}

/// Every carrier with every payload in every disguise.
inline std::vector<InjectionCase> all_injection_cases() {
  const auto carriers = injection_rows("carriers.tsv");
  const auto payloads = injection_rows("payloads.tsv");
  std::vector<InjectionCase> out;
  for (const auto& [kind, payload] : payloads) {
    for (const auto& [disguise, hidden] : disguises(payload)) {
      for (const auto& [carrier, text] : carriers) {
        const std::string canary = "kx" + std::to_string(out.size()) + "qz";
        std::string whole = replaced(text, "{p}", canary + " " + hidden + " " + canary);
        out.push_back({carrier, kind, disguise, payload, std::move(whole), canary});
      }
    }
  }
  return out;
}

/// `count` of them, or MBE_INJECTIONS; evenly spread, so that every carrier and disguise is there.
inline std::vector<InjectionCase> injection_cases(std::size_t count) {
  if (const char* wish = std::getenv("MBE_INJECTIONS")) count = std::stoul(wish);
  std::vector<InjectionCase> all = all_injection_cases();
  if (count >= all.size()) return all;
  std::vector<InjectionCase> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(all[i * all.size() / count]);
  return out;
}

/// What stands outside the fences of a text. Fails where a fence is not closed or holds another.
inline std::string outside_fences(const std::string& text, const std::string& fence) {
  const std::string opens = "[[memory " + fence + " ";
  const std::string closes = "\n[[/memory " + fence + "]]\n";
  std::string out;
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = text.find(opens, at);
    out += text.substr(at, begin == std::string::npos ? begin : begin - at);
    if (begin == std::string::npos) break;
    const std::size_t end = text.find(closes, begin);
    EXPECT_NE(end, std::string::npos) << text.substr(begin, 200);
    if (end == std::string::npos) break;
    const std::string inner = text.substr(begin + opens.size(), end - begin - opens.size());
    EXPECT_EQ(inner.find("\n" + opens), std::string::npos) << inner;
    at = end + closes.size();
  }
  return out;
}

}  // namespace mbe
