#include "block/line.h"

#include "base/assert.h"

namespace mbe {

namespace {

constexpr std::string_view line_start = R"({"h":)";
constexpr std::string_view before_hash = R"(,"hash":")";
constexpr std::string_view before_sealed = R"(","sealed":")";
constexpr std::string_view line_end = "\"}\n";
constexpr std::size_t hash_digits = 64;

Error broken(std::string_view what) {
  return fail(ErrorCode::corrupt, "a block's line is broken: {}; run mbe verify", what);
}

bool all_scrubbed(std::string_view sealed) {
  return !sealed.empty() && sealed.find_first_not_of(scrubbed) == std::string_view::npos;
}

}  // namespace

void append_line(std::string& out, std::string_view header, const Digest& hash,
                 std::string_view sealed) {
  out += line_start;
  out += header;
  out += before_hash;
  out += to_hex(view(hash));
  out += before_sealed;
  out += sealed;
  out += line_end;
}

Result<LineParts> split_line(std::string_view line) {
  if (line.size() > line_bytes_max) return broken("it is longer than 2 MiB");
  if (!line.starts_with(line_start) || !line.ends_with(line_end)) return broken("its frame");
  // H holds no brace but its own two, so the first closing one ends it.
  const std::size_t close = line.find('}');
  const std::size_t hash_at = close + 1 + before_hash.size();
  const std::size_t sealed_at = hash_at + hash_digits + before_sealed.size();
  if (sealed_at + line_end.size() > line.size()) return broken("its frame");
  if (line.substr(close + 1, before_hash.size()) != before_hash) return broken("its hash");
  if (line.substr(hash_at + hash_digits, before_sealed.size()) != before_sealed) {
    return broken("its sealed part");
  }
  LineParts parts;
  parts.header = line.substr(line_start.size(), close + 1 - line_start.size());
  parts.hash = line.substr(hash_at, hash_digits);
  parts.sealed = line.substr(sealed_at, line.size() - line_end.size() - sealed_at);
  return parts;
}

Result<CheckedLine> check_header(std::string_view line) {
  CheckedLine out;
  MBE_ASSIGN(out.parts, split_line(line));
  MBE_ASSIGN(out.header, parse_header(out.parts.header));
  out.hash = block_hash(out.parts.header);
  if (to_hex(view(out.hash)) != out.parts.hash) return broken("its hash does not fit its header");
  return out;
}

Result<CheckedLine> check_line(std::string_view line) {
  MBE_ASSIGN(CheckedLine out, check_header(line));
  out.is_scrubbed = all_scrubbed(out.parts.sealed);
  if (!out.is_scrubbed && sha256(out.parts.sealed) != out.header.body) {
    return broken("its sealed part does not fit its header");
  }
  return out;
}

std::string scrub_line(std::string_view line) {
  const Result<LineParts> parts = split_line(line);
  MBE_ASSERT(parts.ok());
  std::string out(line);
  const auto at = static_cast<std::size_t>(parts->sealed.data() - line.data());
  out.replace(at, parts->sealed.size(), parts->sealed.size(), scrubbed);
  return out;
}

}  // namespace mbe
