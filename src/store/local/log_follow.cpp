#include "store/local/log_follow.h"

#include <algorithm>

namespace mbe {

namespace {

struct Piece {
  std::uint32_t number = 0;
  std::string_view bytes;              ///< from the start of the segment
  std::optional<std::uint64_t> first;  ///< sequence of its first line, if its header holds
};

std::string_view line_at(std::string_view bytes, std::uint64_t offset) {
  const std::string_view rest = bytes.substr(offset);
  const std::size_t end = rest.find('\n');
  return end == std::string_view::npos ? rest : rest.substr(0, end + 1);
}

class Walk {
 public:
  Walk(const Tail& start, const FollowOptions& options) : options_(options) { out.tail = start; }

  void run(const std::vector<Piece>& pieces) {
    for (std::size_t i = 0; i < pieces.size() && !full() && !out.broken; ++i) {
      const std::uint64_t bound = next_first(pieces, i);
      const std::uint64_t offset = pieces[i].number == out.tail.segment ? out.tail.offset : 0;
      if (pieces[i].first) prove(*pieces[i].first);
      const std::uint64_t end = walk(pieces[i], offset, bound);
      if (end == pieces[i].bytes.size() || full()) continue;
      out.leftovers.push_back({pieces[i].number, end});
      // Lines that a later segment has again are left over; anything else is a break.
      out.broken = bound != out.tail.count;
      if (out.broken) gather(pieces, i, end);
    }
  }

  Followed out;

 private:
  [[nodiscard]] bool full() const { return out.tail.count >= options_.count_max; }
  void prove(std::uint64_t count) { out.acknowledged = std::max(out.acknowledged, count); }

  static std::uint64_t next_first(const std::vector<Piece>& pieces, std::size_t i) {
    for (++i; i < pieces.size(); ++i) {
      if (pieces[i].first) return *pieces[i].first;
    }
    return UINT64_MAX;
  }

  /// Takes the good lines of one segment; where it stopped.
  std::uint64_t walk(const Piece& piece, std::uint64_t offset, std::uint64_t bound) {
    while (offset < piece.bytes.size() && !full() && out.tail.count < bound) {
      const std::string_view line = line_at(piece.bytes, offset);
      const Result<CheckedLine> checked = check_line(line);
      if (!checked.ok() || !continues(*checked)) return offset;
      take(*checked, Place(piece.number, offset, line.size()));
      offset += line.size();
      out.tail.segment = piece.number;
      out.tail.offset = offset;
    }
    if (offset ==
        piece.bytes.size()) {  // an empty or finished segment: the next line goes behind it
      out.tail.segment = piece.number;
      out.tail.offset = offset;
    }
    return offset;
  }

  [[nodiscard]] bool continues(const CheckedLine& line) const {
    const Digest prev = out.tail.count == 0 ? genesis_prev(options_.chain) : out.tail.hash;
    return line.header.sequence == out.tail.count && line.header.prev == prev &&
           line.header.chain == options_.chain;
  }

  void take(const CheckedLine& line, const Place& place) {
    out.places.push_back(place);
    if (line.header.block_class == BlockClass::erase) {
      out.erase_blocks.push_back(line.header.sequence);
    }
    if (line.header.sequence > 0) prove(line.header.synced + 1);
    out.tail.count += 1;
    out.tail.hash = line.hash;
    out.tail.epoch = line.header.epoch;
  }

  /// Behind a break: resynchronises at newlines and keeps what later headers prove.
  void gather(const std::vector<Piece>& pieces, std::size_t i, std::uint64_t offset) {
    for (; i < pieces.size(); ++i, offset = 0) {
      if (pieces[i].first) prove(*pieces[i].first);
      const bool is_first = out.leftovers.back().segment == pieces[i].number;
      if (!is_first && !pieces[i].bytes.empty()) out.leftovers.push_back({pieces[i].number, 0});
      while (offset < pieces[i].bytes.size()) {
        const std::string_view line = line_at(pieces[i].bytes, offset);
        const Result<CheckedLine> checked = check_header(line);
        if (checked.ok() && checked->header.chain == options_.chain) {
          if (checked->header.sequence > 0) prove(checked->header.synced + 1);
          out.strays.push_back(
              {checked->header.sequence, Place(pieces[i].number, offset, line.size())});
        }
        offset += line.size();
      }
    }
  }

  const FollowOptions& options_;
};

}  // namespace

Result<std::optional<Followed>> follow(const Segments& segments, const Tail& start,
                                       const FollowOptions& options) {
  std::vector<Piece> pieces;
  for (const std::uint32_t number : options.segments) {
    if (number < start.segment) continue;
    Piece piece;
    piece.number = number;
    MBE_ASSIGN(piece.bytes, segments.rest(number, 0));
    const Result<CheckedLine> line = check_header(line_at(piece.bytes, 0));
    if (line.ok()) piece.first = line->header.sequence;
    const bool start_is_here = number == start.segment;
    if (start_is_here && piece.bytes.size() < start.offset) return std::optional<Followed>();
    if (!start_is_here && piece.first && *piece.first < start.count) {
      return std::optional<Followed>();
    }
    pieces.push_back(piece);
  }
  Walk walk(start, options);
  walk.run(pieces);
  return std::optional<Followed>(std::move(walk.out));
}

}  // namespace mbe
