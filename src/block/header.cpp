#include "block/header.h"

#include <algorithm>
#include <charconv>

#include "base/random.h"
#include "block/scanner.h"

namespace mbe {

namespace {

constexpr std::string_view class_names[] = {"data", "erase", "genesis", "restore"};

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

struct HeaderScanner : Scanner {
  BlockClass block_class() {
    for (std::size_t i = 0; i < std::size(class_names); ++i) {
      if (accept(class_names[i])) return static_cast<BlockClass>(i);
    }
    return good = false, BlockClass::data;
  }
  std::vector<SequenceRange> ranges() {
    std::vector<SequenceRange> out;
    expect("[");
    do {
      expect("[");
      const std::uint64_t first = number();
      expect(",");
      const std::uint64_t last = number();
      expect("]");
      good = good && first <= last && out.size() < erased_ranges_max;
      good = good && (out.empty() || first > out.back().last);
      if (good) out.push_back({first, last});
    } while (good && accept(","));
    expect("]");
    return out;
  }
};

}  // namespace

std::string new_chain_id() {
  return to_base32(random_bytes(16));
}

bool is_chain_id(std::string_view text) {
  const auto digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); };
  return text.size() == chain_id_length && std::all_of(text.begin(), text.end(), digit);
}

Digest genesis_prev(std::string_view chain) {
  return sha256(chain);
}

std::string associated_data(const Header& header) {
  std::string out;
  out.reserve(400);
  out += R"({"v":1,"chain":")";
  out += header.chain;
  out += R"(","epoch":)";
  append_number(out, header.epoch);
  out += R"(,"seq":)";
  append_number(out, header.sequence);
  out += R"(,"prev":")";
  out += to_hex(view(header.prev));
  out += R"(","synced":)";
  append_number(out, header.synced);
  out += R"(,"class":")";
  out += class_names[static_cast<std::size_t>(header.block_class)];
  out += '"';
  if (header.block_class != BlockClass::erase) return out;
  out += R"(,"erases":)";
  char separator = '[';
  for (const SequenceRange& range : header.erases) {
    out += separator;
    out += '[';
    append_number(out, range.first);
    out += ',';
    append_number(out, range.last);
    out += ']';
    separator = ',';
  }
  out += ']';
  return out;
}

void append_header(std::string& out, std::string_view associated, const Digest& body,
                   const Digest& commit) {
  out += associated;
  out += R"(,"body":")";
  out += to_hex(view(body));
  out += R"(","commit":")";
  out += to_hex(view(commit));
  out += R"("})";
}

Result<Header> parse_header(std::string_view bytes) {
  HeaderScanner in{{bytes}};
  Header header;
  in.expect(R"({"v":1,"chain":")");
  header.chain = in.take(chain_id_length);
  in.expect(R"(","epoch":)");
  const std::uint64_t epoch = in.number();
  header.epoch = static_cast<std::uint32_t>(epoch);
  in.expect(R"(,"seq":)");
  header.sequence = in.number();
  in.expect(R"(,"prev":")");
  header.prev = in.digest();
  in.expect(R"(","synced":)");
  header.synced = in.number();
  in.expect(R"(,"class":")");
  header.block_class = in.block_class();
  in.expect("\"");
  if (in.good && header.block_class == BlockClass::erase) {
    in.expect(R"(,"erases":)");
    header.erases = in.ranges();
  }
  in.expect(R"(,"body":")");
  header.body = in.digest();
  in.expect(R"(","commit":")");
  header.commit = in.digest();
  in.expect(R"("})");
  const bool genesis = header.sequence == 0;
  const bool places = header.synced <= header.sequence && epoch <= UINT32_MAX &&
                      genesis == (header.block_class == BlockClass::genesis);
  if (!in.good || !in.rest.empty() || !places || !is_chain_id(header.chain)) {
    return fail(ErrorCode::corrupt, "a block's header is not in canonical form; run mbe verify");
  }
  return header;
}

Digest block_hash(std::string_view header_bytes) {
  constexpr std::string_view domain("MBE1\0", 5);
  return sha256({domain, header_bytes});
}

}  // namespace mbe
