#include "server/audit.h"

#include "base/datetime.h"

namespace mbe {

namespace {

constexpr TimeMs refused_every_ms = 60'000;

Json record_json(const BlockView& block) {
  Json about = Json::parse(block.data, nullptr, false);
  if (!about.is_object()) about = Json::object();  // forgotten, or of a later version
  return {{"index", block.block_index}, {"time", format_time(block.recorded_ms)},
          {"event", block.context},     {"account", block.writer},
          {"door", block.channel},      {"about", std::move(about)}};
}

}  // namespace

Result<void> Audit::write(const std::string& event, const std::string& account,
                          const std::string& door, const Json& about) {
  MBE_ASSIGN(Memory * memory, engine_.chain(std::string(audit_chain)));
  const std::string data = about.dump(-1, ' ', false, Json::error_handler_t::replace);
  MBE_TRY(memory->record(
      {.kind = "audit", .text = event, .channel = door, .writer = account, .data = data}));
  return {};
}

void Audit::note(const std::string& event, const Principal& who, const std::string& door,
                 const Json& about) {
  const Result<void> written = write(event, who.name, door, about);
  Json line = {{"action", event}, {"account", who.account}, {"door", door}};
  if (!written.ok()) line["problem"] = error_name(written.error().code());
  log_.write(written.ok() ? LogLevel::info : LogLevel::error, "audit", line);
}

void Audit::note_refused() {
  std::uint64_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    ++refused_;
    const TimeMs now = clock_.now_ms();
    if (told_ms_ && now - *told_ms_ < refused_every_ms) return;
    told_ms_ = now;
    count = std::exchange(refused_, 0);
  }
  note("login_refused", Principal{}, "login", {{"count", count}});
}

Result<Json> Audit::list(std::uint64_t before, std::size_t limit) {
  Json records = Json::array();
  const auto memory = engine_.chain(std::string(audit_chain), false);
  if (!memory.ok() && memory.error().code() != ErrorCode::not_found) return memory.error();
  ListRequest request;
  request.filter.kinds = {"audit"};
  request.all_kinds = true;
  request.before = before;
  request.limit = limit;
  Json next;
  if (memory.ok()) {
    MBE_ASSIGN(const std::vector<BlockView> blocks, (*memory)->list(request));
    for (const BlockView& block : blocks) records.push_back(record_json(block));
    if (blocks.size() == limit) next = blocks.back().block_index;
  }
  return Json{{"records", std::move(records)}, {"next", std::move(next)}};
}

}  // namespace mbe
