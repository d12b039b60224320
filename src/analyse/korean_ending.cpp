#include "analyse/korean_ending.h"

#include <array>
#include <utility>

#include "analyse/korean_word.h"

namespace mbe::analyse {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

/// First match wins: longer beginnings stand before shorter ones.
constexpr std::array<Pair, 19> beginnings{{
    {"으시", "S"}, {"으세", "S세"}, {"습", "B"}, {"ᆸ", "B"},  {"으", ""},  {"은", "N"}, {"ᆫ", "N"},
    {"을", "L"},   {"ᆯ", "L"},      {"음", "M"}, {"ᆷ", "M"},  {"아", "A"}, {"ㅓ", "A"}, {"ㅏ", "A"},
    {"어", "A"},   {"여", "A"},     {"였", "P"}, {"았", "P"}, {"었", "P"},
}};

constexpr std::array<Pair, 14> whole{{
    {"죠", "지"},
    {"요", ""},
    {"야", "A"},
    {"에요", "A"},
    {"예요", "A"},
    {"거", "것"},
    {"게요", "게"},
    {"시", "S"},
    {"으시", "S"},
    {"더라구", "더라고"},
    {"구", "고"},
    {"구요", "고"},
    {"해", "하"},
    {"건데", "것"},
}};

}  // namespace

std::string canonical_ending(Tag tag, std::string_view form) {
  if (tag == Tag::nnb)
    return form == "거" || form == "게" || form == "건" ? "것" : std::string(form);
  if (tag == Tag::jks || tag == Tag::jko || tag == Tag::jx || tag == Tag::jkc) return {};
  if (tag == Tag::ep) {
    if (form == "시" || form == "으시") return "S";
    if (form == "겠" || form == "더") return std::string(form);
    if (form.starts_with("았") || form.starts_with("었") || form.starts_with("였") || form == "ᆻ") {
      return "P";
    }
    return {};
  }
  if (!is_ending(tag)) return std::string(form);
  for (const auto& [from, to] : whole) {
    if (form == from) return std::string(to);
  }
  constexpr std::string_view polite = "요";
  if (form.size() > polite.size() && form.ends_with(polite)) form.remove_suffix(polite.size());
  for (const auto& [from, to] : beginnings) {
    if (form.starts_with(from)) return std::string(to).append(form.substr(from.size()));
  }
  return std::string(form);
}

}  // namespace mbe::analyse
