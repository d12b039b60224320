#include "server/waking.h"

#include <algorithm>

#include "base/guarded.h"

namespace mbe {

namespace {

Json stage_json(const Catalog& messages, const Stage& stage) {
  return {{"name", stage.name},
          {"state", stage_state_name(stage.state)},
          {"done", stage.done},
          {"total", stage.total},
          {"note", stage.note ? Json(messages.text(*stage.note)) : Json()}};
}

}  // namespace

Waking::Waking(Engine& engine, People& people, WakeOptions options,
               std::function<void(const std::optional<Identity>&)> when_done)
    : engine_(engine),
      people_(people),
      options_(std::move(options)),
      when_done_(std::move(when_done)) {
  begin();
  options_.tell = [this](const Stage& stage) { note_stage(stage); };
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Waking::~Waking() = default;  // stops and joins the thread

void Waking::begin() {
  stages_.clear();
  for (const std::string& name : wake_stages()) stages_.push_back({.name = name});
  result_.reset();
  ended_.reset();
  begun_ = std::chrono::steady_clock::now();
}

Result<void> Waking::evolve() {
  const std::lock_guard lock(mutex_);
  if (!result_) return fail(ErrorCode::busy, "Echo is still waking; try again");
  begin();
  options_.evolve = true;
  options_.only_if_new = false;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

void Waking::run(const std::stop_token& stop) {
  options_.boot.progress = [&stop](std::uint64_t, std::uint64_t) { return !stop.stop_requested(); };
  Result<WakeResult> result = guarded([&] {
    Result<WakeResult> out = wake(engine_, people_, options_);
    if (out.ok()) when_done_(out->identity);
    return out;
  });
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
  ended_ = std::chrono::steady_clock::now();
}

void Waking::note_stage(const Stage& stage) {
  const std::lock_guard lock(mutex_);
  Stage& known = *std::ranges::find(stages_, stage.name, &Stage::name);
  const bool counts = stage.total > 0 || stage.state == StageState::skipped;
  const Stage before = std::exchange(known, stage);
  if (counts) return;
  known.done = stage.state == StageState::done ? before.total : before.done;
  known.total = before.total;
}

Json Waking::status(const Catalog& messages) const {
  const std::lock_guard lock(mutex_);
  Json stages = Json::array();
  for (const Stage& stage : stages_) stages.push_back(stage_json(messages, stage));
  const bool failed = result_ && !result_->ok();
  const bool has_identity = result_ && !failed && (*result_)->identity;
  const auto until = ended_.value_or(std::chrono::steady_clock::now());
  const double seconds = std::chrono::duration<double>(until - begun_).count();
  Json out = {{"state", failed    ? "failed"
                        : result_ ? "ready"
                                  : "running"},
              {"stages", std::move(stages)},
              {"identity", has_identity ? identity_json(*(*result_)->identity) : Json()},
              {"seconds", seconds}};
  out["note"] = failed ? Json(messages.text(result_->error())) : Json();
  return out;
}

}  // namespace mbe
