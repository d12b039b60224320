#include "mcp/search_tools.h"

#include <charconv>
#include <fstream>

#include "base/resources.h"
#include "base/utf8.h"
#include "operations/read_json.h"

namespace mbe::mcp {

namespace {

constexpr int found_most = 10;
constexpr std::size_t title_bytes_max = 80;
constexpr std::size_t day_bytes = 10;
constexpr const char* described[] = {"timestamp", "speaker", "session",  "source", "trust",
                                     "writer",    "kind",    "keywords", "tags"};

Result<std::string> text_argument(const Json& arguments, const char* name) {
  const bool is_object = arguments.is_object();
  const auto found = is_object ? arguments.find(name) : arguments.end();
  if (is_object && arguments.size() == 1 && found != arguments.end() && found->is_string()) {
    return found->get<std::string>();
  }
  return fail(ErrorCode::invalid_argument, "the one argument is `{}`, a text", name);
}

/// The day and the beginning of the first line.
std::string title_of(const Json& block) {
  const std::string text = block["context"];
  const std::string line = text.substr(0, text.find('\n'));
  std::string out(utf8_prefix(line, title_bytes_max));
  if (out.size() < text.size()) out += " …";
  return block["timestamp"].get<std::string>().substr(0, day_bytes) + " " + out;
}

}  // namespace

Result<SearchBook> SearchBook::load() {
  MBE_ASSIGN(const std::filesystem::path file, find_resource("mcp/chatgpt.json"));
  return load(file);
}

Result<SearchBook> SearchBook::load(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return fail(ErrorCode::io, "{} cannot be read", file.string());
  const Json json = Json::parse(stream, nullptr, false);
  try {
    SearchBook out;
    out.instructions_ = json.at("instructions");
    out.list_ = json.at("tools");
    for (const Json& tool : out.list_) {
      const std::string name = tool.at("name");
      if (name != "search" && name != "fetch") throw std::invalid_argument(name);
    }
    return out;
  } catch (const std::exception& error) {
    return fail(ErrorCode::corrupt, "{} is not a table of tools: {}", file.string(), error.what());
  }
}

Json SearchTools::capabilities(bool) const {
  return {{"tools", Json::object()}};
}

std::string SearchTools::instructions() const {
  return options_.book.instructions();
}

void SearchTools::hear(const Message&) {}

bool SearchTools::is_streamed(const Asked&) const {
  return false;
}

std::optional<Outcome> SearchTools::answer(const Asked& asked, Exchange&) {
  if (asked.method == "tools/list") return Json{{"tools", options_.book.list()}};
  if (asked.method != "tools/call") return std::nullopt;
  const auto name = asked.params.find("name");
  const Json arguments = asked.params.value("arguments", Json::object());
  const bool searches = name != asked.params.end() && *name == "search";
  if (!searches && (name == asked.params.end() || *name != "fetch")) {
    return Fault{invalid_params, "the tools here are search and fetch"};
  }
  const Result<Json> result = searches ? search(arguments) : fetch(arguments);
  const std::string text = result.ok() ? json_line(*result)
                                       : std::string(error_name(result.error().code())) + ": " +
                                             options_.messages.text(result.error());
  Json out = {{"content", Json::array({{{"type", "text"}, {"text", text}}})},
              {"isError", !result.ok()}};
  if (result.ok()) out["structuredContent"] = *result;
  return out;
}

Result<Json> SearchTools::search(const Json& arguments) const {
  MBE_ASSIGN(const std::string query, text_argument(arguments, "query"));
  MBE_ASSIGN(const Json found,
             options_.run(*find_operation("recall"),
                          {{"cue", query}, {"top_k", found_most}, {"neighbours", false}}));
  Json out = Json::array();
  for (const Json& hit : found["hits"]) {
    const std::string id = hit["block_index"].dump();
    out.push_back({{"id", id}, {"title", title_of(hit)}, {"url", options_.address + id}});
  }
  return Json{{"results", std::move(out)}};
}

Result<Json> SearchTools::fetch(const Json& arguments) const {
  MBE_ASSIGN(const std::string id, text_argument(arguments, "id"));
  std::uint64_t index = 0;
  const char* const end = id.data() + id.size();
  const auto [stop, failed] = std::from_chars(id.data(), end, index);
  if (failed != std::errc() || stop != end || index == 0 || index > json_integer_max) {
    return fail(ErrorCode::not_found, "there is no memory {}; ids come from search", id);
  }
  MBE_ASSIGN(const Json block, options_.run(*find_operation("show"), {{"block_index", index}}));
  if (block["state"] != "ok" || block["context"] == "") {
    return fail(ErrorCode::not_found, "there is no memory {}; ids come from search", id);
  }
  Json metadata = Json::object();
  for (const char* name : described) {
    if (!block[name].is_null()) metadata[name] = block[name];
  }
  return Json{{"id", id},
              {"title", title_of(block)},
              {"text", block["context"]},
              {"url", options_.address + id},
              {"metadata", std::move(metadata)}};
}

}  // namespace mbe::mcp
