#include "base/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;
template class nlohmann::basic_json<>;
template class std::vector<nlohmann::ordered_json>;
template class std::vector<nlohmann::json>;

namespace nlohmann::detail {

template class serializer<ordered_json>;
template class serializer<json>;
template class lexer<ordered_json, TextInput>;
template class lexer<json, TextInput>;
template class parser<ordered_json, TextInput>;
template class parser<json, TextInput>;
template class json_sax_dom_parser<ordered_json>;
template class json_sax_dom_parser<json>;
template class json_sax_dom_callback_parser<ordered_json>;
template class json_sax_dom_callback_parser<json>;

}  // namespace nlohmann::detail
