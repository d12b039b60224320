// A message from a client: read or refused, answered once if it is a request, never more; headers
// are compared without harm.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "mcp/core.h"
#include "mcp/headers.h"

namespace {

using mbe::Json;

class Nothing final : public mbe::mcp::Features, public mbe::mcp::Exchange {
 public:
  Json capabilities(bool) const override { return Json::object(); }
  std::string instructions() const override { return ""; }
  std::optional<mbe::mcp::Outcome> answer(const mbe::mcp::Asked& asked,
                                          mbe::mcp::Exchange&) override {
    return Json{{"token", asked.progress_token()}};
  }
  bool is_streamed(const mbe::mcp::Asked&) const override { return false; }
  void hear(const mbe::mcp::Message&) override {}
  void send(const Json&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // The first line is a header's value, the rest the message.
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto read = mbe::mcp::read_message(text.substr(std::min(end + 1, text.size())));
  if (!std::holds_alternative<mbe::mcp::Message>(read)) return 0;
  const auto& message = std::get<mbe::mcp::Message>(read);
  const std::string value = text.substr(0, end);
  static_cast<void>(mbe::mcp::check_headers(message, {value, value, value}));
  Nothing nothing;
  const mbe::mcp::Core core("1");
  const mbe::mcp::Session session{"2025-11-25"};
  for (const bool modern : {false, true}) {
    const auto answer = core.answer(message, modern ? nullptr : &session, modern, nothing, nothing);
    const bool is_request = message.kind == mbe::mcp::Message::Kind::request;
    MBE_ASSERT(answer.message.is_null() != is_request);
    MBE_ASSERT(!is_request || answer.message["id"] == message.id);
    MBE_ASSERT(mbe::json_line(answer.message).find('\n') == std::string::npos);
  }
  return 0;
}
