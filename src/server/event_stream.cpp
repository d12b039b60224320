#include "server/event_stream.h"

#include <utility>

namespace mbe {

void EventStream::send(std::string_view event, std::string_view data) {
  std::string bytes;
  bytes.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
  send_bytes(bytes);
}

void EventStream::send_bytes(std::string_view events) {
  std::unique_lock lock(mutex_);
  if (gone_ || ended_) return;
  if (bytes_.size() + events.size() > bytes_max) {
    lock.unlock();
    leave();
    return;
  }
  bytes_ += events;
  changed(std::move(lock));
}

void EventStream::end() {
  std::unique_lock lock(mutex_);
  ended_ = true;
  changed(std::move(lock));
}

bool EventStream::is_ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

bool EventStream::is_gone() const {
  const std::lock_guard lock(mutex_);
  return gone_;
}

void EventStream::on_gone(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (!gone_) {
      on_gone_ = std::move(call);
      return;
    }
  }
  call();
}

EventStream::Taken EventStream::take() {
  const std::lock_guard lock(mutex_);
  return {std::exchange(bytes_, {}), ended_ || gone_};
}

void EventStream::on_change(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  on_change_ = std::move(call);
}

void EventStream::leave() {
  std::unique_lock lock(mutex_);
  if (gone_) return;
  gone_ = true;
  bytes_.clear();
  const std::function<void()> call = std::exchange(on_gone_, {});
  changed(std::move(lock));
  if (call) call();
}

void EventStream::changed(std::unique_lock<std::mutex> lock) {
  const std::function<void()> call = on_change_;
  lock.unlock();
  if (call) call();
}

}  // namespace mbe
