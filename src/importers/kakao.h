// Readers of KakaoTalk's exports. Sources of the forms: exports as open importers read them; there
// is no specification. Made by one thread, used by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "importers/reader.h"

namespace mbe::importers {

class KakaoWords;

/// The text exports of Windows, Android and iOS.
[[nodiscard]] std::unique_ptr<Reader> kakao_text_reader(Input input, const Settings& settings,
                                                        const KakaoWords& words);
/// The table of macOS: `Date,User,Message`.
[[nodiscard]] std::unique_ptr<Reader> kakao_table_reader(Input input, const Settings& settings,
                                                         const KakaoWords& words);

/// Whether a file that begins so is the table: its columns' names, or records.
[[nodiscard]] bool kakao_table_begins(std::string_view head);

/// The chat's name that an export's file name has in it.
[[nodiscard]] std::string kakao_chat_of(std::string_view file_name);

}  // namespace mbe::importers
