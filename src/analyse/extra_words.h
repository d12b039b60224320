// Entries for words that mecab-ko-dic lacks, modelled on words it has: 번아웃 like 사람, 빡치다
// like 미치다 with all its inflected forms. Pure given the dictionary; called once when the tagger
// opens.
#pragma once

#include <string>
#include <vector>

#include "analyse/korean_dictionary.h"
#include "analyse/korean_tagger.h"

namespace mbe::analyse {

/// Bytes of the user dictionary with `words`. Cost: about 1 ms for each distinct verb model.
/// Errors: invalid_argument (a model is not one word of the dictionary, or a verb's last syllable
/// differs from its model's).
[[nodiscard]] Result<std::string> extra_words_dictionary(const KoreanDictionary& dictionary,
                                                         const std::vector<ExtraWord>& words);

}  // namespace mbe::analyse
