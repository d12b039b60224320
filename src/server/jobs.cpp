#include "server/jobs.h"

#include <system_error>

namespace mbe {

Jobs::~Jobs() {
  stop();
}

bool Jobs::start(std::function<void(const std::stop_token&)> work) {
  const std::lock_guard lock(mutex_);
  jobs_.remove_if([](const Job& job) { return job.done.load(); });
  if (jobs_.size() >= at_once_max_) return false;
  Job& job = jobs_.emplace_back();
  try {
    job.thread = std::jthread([&job, work = std::move(work)](const std::stop_token& stop) {
      work(stop);
      job.done = true;
    });
  } catch (const std::system_error&) {  // the machine has no thread to spare
    jobs_.pop_back();
    return false;
  }
  return true;
}

void Jobs::stop() {
  const std::lock_guard lock(mutex_);
  for (Job& job : jobs_) job.thread.request_stop();
}

}  // namespace mbe
