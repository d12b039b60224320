// The JSON of every interface, and of files. What the library's templates become for the two types
// is compiled once, in json.cpp, rather than in every file that reads or writes JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mbe {

/// Members keep the order in which they were written.
using Json = nlohmann::ordered_json;

}  // namespace mbe

extern template class nlohmann::basic_json<nlohmann::ordered_map>;
extern template class nlohmann::basic_json<>;
extern template class std::vector<nlohmann::ordered_json>;
extern template class std::vector<nlohmann::json>;

namespace nlohmann::detail {

using TextInput = iterator_input_adapter<std::string::const_iterator>;

extern template class serializer<ordered_json>;
extern template class serializer<json>;
extern template class lexer<ordered_json, TextInput>;
extern template class lexer<json, TextInput>;
extern template class parser<ordered_json, TextInput>;
extern template class parser<json, TextInput>;
extern template class json_sax_dom_parser<ordered_json>;
extern template class json_sax_dom_parser<json>;
extern template class json_sax_dom_callback_parser<ordered_json>;
extern template class json_sax_dom_callback_parser<json>;

}  // namespace nlohmann::detail
