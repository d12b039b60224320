#include "importers/json_line.h"
#include "importers/lines.h"

namespace mbe::importers {

namespace {

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

Error too_long() {
  return fail(ErrorCode::limit, "longer than {} bytes", line_bytes_max);
}

class JsonLinesReader final : public Reader {
 public:
  JsonLinesReader(Input input, const Settings& settings, Format format)
      : Reader(std::move(input), settings, format), format_(format) {}

 private:
  Result<bool> read_on() override {
    MBE_ASSIGN(const std::optional<Line> line, input_.next_line());
    if (!line) return false;
    if (line->too_long) {
      out_.unreadable(line->number, too_long());
    } else if (!blank(line->text)) {
      take(*line);
    }
    return true;
  }

  void take(const Line& line) {
    const Settings& settings = out_.settings();
    Result<ImportItem> item =
        format_ == Format::block_memory
            ? parse_block_memory_line(line.text, settings.zone,
                                      settings.chain.empty() ? "main" : settings.chain)
            : parse_import_line(line.text, settings.zone, settings.chain);
    if (!item) return out_.unreadable(line.number, item.error());
    item->line = line.number;
    if (!settings.me.empty() && item->speaker == settings.me && !settings.owner.empty()) {
      item->speaker = settings.owner;
    }
    out_.item(*std::move(item));
  }

  Format format_;
};

class McpMemoryReader final : public Reader {
 public:
  McpMemoryReader(Input input, const Settings& settings)
      : Reader(std::move(input), settings, Format::mcp_memory) {}

 private:
  Result<bool> read_on() override {
    MBE_ASSIGN(const std::optional<Line> line, input_.next_line());
    if (!line) return false;
    if (line->too_long) {
      out_.unreadable(line->number, too_long());
    } else if (!blank(line->text)) {
      const auto read = take(line->text, line->number);
      if (!read.ok()) out_.unreadable(line->number, read.error());
    }
    return true;
  }

  Result<void> take(const std::string& text, std::uint64_t number) {
    MBE_ASSIGN(const nlohmann::json object, parse_json_line(text));
    MBE_ASSIGN(const std::string type, text_member(object, "type"));
    if (type == "relation") {
      MBE_ASSIGN(const std::string from, text_member(object, "from"));
      MBE_ASSIGN(const std::string relation, text_member(object, "relationType"));
      MBE_ASSIGN(const std::string to, text_member(object, "to"));
      say(from, from + " " + relation + " " + to, number);
      return {};
    }
    if (type != "entity") {
      return fail(ErrorCode::invalid_argument, "\"{}\" is {}, not entity or relation", "type",
                  type);
    }
    MBE_ASSIGN(const std::string name, text_member(object, "name"));
    const auto observations = object.find("observations");
    if (observations == object.end() || !observations->is_array()) {
      return fail(ErrorCode::invalid_argument, "\"{}\" is not a list", "observations");
    }
    for (const auto& observation : *observations) {
      if (observation.is_string()) {
        say(name, name + ": " + observation.get<std::string>(), number);
      } else {
        out_.unreadable(number, fail(ErrorCode::invalid_argument,
                                     "\"{}\" holds something that is no text", "observations"));
      }
    }
    if (observations->empty()) out_.leave_out(LeftOut::empty);
    return {};
  }

  /// What is known of something, without a time: the file has none.
  void say(const std::string& about, std::string text, std::uint64_t number) {
    Said said;
    said.id = content_id(format_name(Format::mcp_memory), {text});
    said.chat = about;
    said.text = std::move(text);
    said.kind = "fact";
    said.line = number;
    out_.say(std::move(said));
  }
};

}  // namespace

std::unique_ptr<Reader> json_lines_reader(Input input, const Settings& settings, Format format) {
  return std::make_unique<JsonLinesReader>(std::move(input), settings, format);
}

std::unique_ptr<Reader> mcp_memory_reader(Input input, const Settings& settings) {
  return std::make_unique<McpMemoryReader>(std::move(input), settings);
}

}  // namespace mbe::importers
