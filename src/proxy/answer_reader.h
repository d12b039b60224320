// What an assistant said, out of an answer as its wire sends it: whole, or as a stream of events.
// Only words: calls of tools, thinking and refusals are not among them; of several choices the
// first is read. What is no such answer gives no words, never an error: it has been passed on
// already. One thread. Source of the forms: the providers' API references.
#pragma once

#include <string>
#include <string_view>

#include "llm/sse_reader.h"
#include "proxy/wire.h"

namespace mbe {

struct ProxiedAnswer {
  std::string text;  ///< at most AnswerReader::text_bytes_max
  std::string model, id;
  bool complete = false;  ///< it came to its own end
  bool ended = false;     ///< of a stream: its last event has come
};

class AnswerReader {
 public:
  explicit AnswerReader(Wire wire);
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// A whole answer.
  void take_whole(std::string_view body);
  /// The next bytes of a stream of events, cut anywhere.
  void take_stream(std::string_view bytes);
  /// What has been said so far.
  [[nodiscard]] const ProxiedAnswer& answer() const { return answer_; }

  /// Of what is remembered of one answer: as long as a block's text may be.
  static constexpr std::size_t text_bytes_max = 1'000'000;

 private:
  [[nodiscard]] bool take_event(const std::string& data);
  void add(std::string_view text);

  Wire wire_;
  ProxiedAnswer answer_;
  SseReader events_;
  bool readable_ = true;
};

/// Cuts a stream of server-sent events behind whole events, byte for byte: between two of them a
/// server may put a comment of its own, within one it may not. One thread.
class EventCutter {
 public:
  /// Takes bytes cut anywhere and gives all that ends in whole events; of an event larger than
  /// held_bytes_max what there is of it.
  [[nodiscard]] std::string feed(std::string_view bytes);
  /// What is left when the stream has ended.
  [[nodiscard]] std::string rest();

  static constexpr std::size_t held_bytes_max = 1'000'000;

 private:
  std::string held_;
  bool line_empty_ = true, after_cr_ = false;
};

}  // namespace mbe
