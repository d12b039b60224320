#include "store/local/log_files.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "base/little_endian.h"
#include "block/scanner.h"

namespace mbe {

namespace {

constexpr std::string_view segment_suffix = ".seg.jsonl";
constexpr std::size_t segment_digits = 6;
constexpr std::string_view offsets_magic("MBEOFF2\0", 8);

}  // namespace

std::string segment_name(std::uint32_t number) {
  return fmt::format("{:06}{}", number, segment_suffix);
}

std::optional<std::uint32_t> segment_number(std::string_view name) {
  if (name.size() != segment_digits + segment_suffix.size()) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : name.substr(0, segment_digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (number >= segments_max || segment_name(number) != name) return std::nullopt;
  return number;
}

Result<std::vector<std::uint32_t>> list_segments(FileSystem& files, const std::string& directory) {
  MBE_ASSIGN(const std::vector<std::string> names, files.list(directory));
  std::vector<std::uint32_t> numbers;
  for (const std::string& name : names) {
    if (const std::optional<std::uint32_t> number = segment_number(name))
      numbers.push_back(*number);
  }
  return numbers;
}

Result<SegmentStamp> stamp_of(FileSystem& files, const std::string& path, std::uint32_t number) {
  MBE_ASSIGN(const std::unique_ptr<File> file, files.open(path, OpenMode::read));
  SegmentStamp out;
  out.number = number;
  MBE_ASSIGN(out.size, file->size());
  MBE_ASSIGN(out.identity, file->identity());
  MBE_ASSIGN(out.modified_ns, file->modified_ns());
  return out;
}

std::string format_head(const Tail& tail) {
  MBE_ASSERT(tail.count > 0);
  std::string out = fmt::format(
      R"({{"v":1,"seq":{},"hash":"{}","epoch":{},"segment":{},"offset":{},"synced":{},"check":")",
      tail.count - 1, to_hex(view(tail.hash)), tail.epoch, tail.segment, tail.offset, tail.synced);
  out += to_hex(view(sha256(out)));
  out += "\"}";
  MBE_ASSERT(out.size() < head_record_bytes);
  out.resize(head_record_bytes - 1, ' ');
  return out + '\n';
}

std::optional<Tail> parse_head(std::string_view bytes) {
  Scanner in{bytes};
  Tail tail;
  in.expect(R"({"v":1,"seq":)");
  tail.count = in.number() + 1;
  in.expect(R"(,"hash":")");
  tail.hash = in.digest();
  in.expect(R"(","epoch":)");
  tail.epoch = static_cast<std::uint32_t>(in.number());
  in.expect(R"(,"segment":)");
  tail.segment = static_cast<std::uint32_t>(in.number());
  in.expect(R"(,"offset":)");
  tail.offset = in.number();
  in.expect(R"(,"synced":)");
  tail.synced = in.number();
  if (!in.good || format_head(tail) != bytes) return std::nullopt;
  return tail;
}

std::string format_offsets(const SavedOffsets& saved, std::string_view chain) {
  MBE_ASSERT(saved.places.size() == saved.tail.count);
  std::string out(offsets_magic);
  out.reserve(512 + 8 * (saved.places.size() + saved.erase_blocks.size()));
  out += chain;
  out += view(saved.tail.hash);
  for (const std::uint64_t value :
       {std::uint64_t{saved.tail.epoch}, std::uint64_t{saved.tail.segment}, saved.tail.offset,
        saved.tail.synced, std::uint64_t{saved.stamps.size()},
        std::uint64_t{saved.erase_blocks.size()}, saved.tail.count}) {
    append_number(out, value);
  }
  for (const SegmentStamp& stamp : saved.stamps) {
    append_number(out, stamp.number);
    append_number(out, stamp.size);
    append_number(out, stamp.identity);
    append_number(out, static_cast<std::uint64_t>(stamp.modified_ns));
  }
  for (const std::uint64_t sequence : saved.erase_blocks) append_number(out, sequence);
  for (const std::uint64_t place : saved.places) append_number(out, place);
  out += view(sha256(out));
  return out;
}

std::optional<SavedOffsets> parse_offsets(std::string_view bytes, std::string_view chain) {
  constexpr std::size_t digest_bytes = 32;
  constexpr std::size_t stamp_words = 4;
  const std::size_t fixed = offsets_magic.size() + chain_id_length + digest_bytes + 7 * 8;
  if (bytes.size() < fixed + digest_bytes || !bytes.starts_with(offsets_magic)) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - digest_bytes);
  if (view(sha256(body)) != bytes.substr(body.size())) return std::nullopt;
  if (body.substr(offsets_magic.size(), chain_id_length) != chain) return std::nullopt;
  SavedOffsets out;
  std::size_t at = offsets_magic.size() + chain_id_length;
  std::memcpy(out.tail.hash.data(), body.data() + at, digest_bytes);
  at += digest_bytes;
  const auto next = [&] {
    return load_number<std::uint64_t>(body.data() + std::exchange(at, at + 8));
  };
  out.tail.epoch = static_cast<std::uint32_t>(next());
  out.tail.segment = static_cast<std::uint32_t>(next());
  out.tail.offset = next();
  out.tail.synced = next();
  const std::uint64_t stamps = next();
  const std::uint64_t erased = next();
  out.tail.count = next();
  const std::uint64_t words = (body.size() - at) / 8;
  const bool fits = (body.size() - at) % 8 == 0 && stamps <= segments_max && erased <= words &&
                    out.tail.count <= words &&
                    words == stamps * stamp_words + erased + out.tail.count;
  if (!fits) return std::nullopt;
  for (std::uint64_t i = 0; i < stamps; ++i) {
    SegmentStamp& stamp = out.stamps.emplace_back();
    stamp.number = next();
    stamp.size = next();
    stamp.identity = next();
    stamp.modified_ns = static_cast<std::int64_t>(next());
  }
  for (std::uint64_t i = 0; i < erased; ++i) out.erase_blocks.push_back(next());
  out.places.resize(out.tail.count);
  for (std::uint64_t& place : out.places) place = next();
  return out;
}

}  // namespace mbe
