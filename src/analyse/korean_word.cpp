#include "analyse/korean_word.h"

#include <array>

namespace mbe::analyse {

bool is_particle(Tag tag) {
  switch (tag) {
    case Tag::jks:
    case Tag::jkc:
    case Tag::jkg:
    case Tag::jko:
    case Tag::jkb:
    case Tag::jkv:
    case Tag::jkq:
    case Tag::jx:
    case Tag::jc:
      return true;
    default:
      return false;
  }
}

bool is_ending(Tag tag) {
  return tag == Tag::ep || tag == Tag::ef || tag == Tag::ec || tag == Tag::etn || tag == Tag::etm;
}

bool is_noun_like(Tag tag) {
  switch (tag) {
    case Tag::nng:
    case Tag::nnp:
    case Tag::np:
    case Tag::nr:
    case Tag::xr:
    case Tag::sh:
    case Tag::unknown:
    case Tag::sl:
    case Tag::sn:
    case Tag::nnb:
    case Tag::nnbc:
      return true;
    default:
      return false;
  }
}

WordClass class_of(Tag tag) {
  switch (tag) {
    case Tag::nnp:
      return WordClass::name;
    case Tag::np:
      return WordClass::pronoun;
    case Tag::nr:
    case Tag::sn:
    case Tag::nnbc:
      return WordClass::number;
    case Tag::nnb:
      return WordClass::other;
    case Tag::xr:
    case Tag::nng:
    case Tag::sl:
    case Tag::sh:
    case Tag::unknown:
      return WordClass::noun;
    case Tag::mag:
    case Tag::maj:
      return WordClass::adverb;
    case Tag::mm:
      return WordClass::determiner;
    case Tag::ic:
      return WordClass::interjection;
    case Tag::vv:
    case Tag::vx:
    case Tag::xsv:
      return WordClass::verb;
    case Tag::va:
    case Tag::xsa:
    case Tag::vcn:
      return WordClass::adjective;
    default:
      return WordClass::other;
  }
}

namespace {
struct RoleName {
  std::string_view particle;
  Role role;
};
constexpr std::array<RoleName, 24> roles{{
    {"이", Role::subject}, {"가", Role::subject}, {"께서", Role::subject}, {"은", Role::topic},
    {"는", Role::topic},   {"ᆫ", Role::topic},    {"도", Role::topic},     {"만", Role::topic},
    {"을", Role::object},  {"를", Role::object},  {"ᆯ", Role::object},     {"의", Role::possessor},
    {"에", Role::place},   {"에서", Role::place}, {"로", Role::place},     {"으로", Role::place},
    {"와", Role::with},    {"과", Role::with},    {"랑", Role::with},      {"이랑", Role::with},
    {"하고", Role::with},  {"한테", Role::with},  {"에게", Role::with},    {"아", Role::vocative},
}};

}  // namespace

Role role_of(std::string_view particle) {
  for (const auto& entry : roles) {
    if (entry.particle == particle) return entry.role;
  }
  return Role::none;
}

bool is_empty_suffix(std::string_view form) {
  return form == "들" || form == "님" || form == "씨" || form == "쯤" || form == "짜리" ||
         form == "네" || form == "경" || form == "째";
}

}  // namespace mbe::analyse
