// Two pieces of work at the same time.
#pragma once

#include <optional>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace mbe {

/// Runs `other` in a thread of its own while `own` runs here, and returns both results, the other's
/// first. Where that is not `worth` a thread (about 50 us), or none can be had, they run one after
/// the other.
template <class Other, class Own>
[[nodiscard]] auto run_beside(bool worth, const Other& other, const Own& own) {
  std::optional<std::invoke_result_t<const Other&>> others;
  const auto run = [&] { others.emplace(other()); };
  std::jthread helper;
  if (worth) {
    try {
      helper = std::jthread(run);
    } catch (const std::system_error&) {  // the system is out of threads
    }
  }
  auto mine = own();
  if (helper.joinable()) {
    helper.join();
  } else {
    run();
  }
  return std::pair(*std::move(others), std::move(mine));
}

}  // namespace mbe
