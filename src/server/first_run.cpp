#include "server/first_run.h"

#include <sodium.h>

#include <algorithm>

#include "echo/manifests.h"

namespace mbe {

namespace {

constexpr TimeMs second_ms = 1'000;
constexpr TimeMs wait_ms_max = 15 * 60 * second_ms;
constexpr int doublings_max = 10;

bool is_same(const std::string& one, const std::string& other) {
  return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

FirstRun::FirstRun(People& people, std::filesystem::path manifests, const Clock& clock)
    : people_(people), manifests_(std::move(manifests)), clock_(clock), code_(new_code()) {}

Result<std::string> FirstRun::wanted_name() const {
  return read_origin(manifests_);
}

Result<Account> FirstRun::create(const std::string& code, const std::string& name,
                                 const std::string& password) {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::vector<Account> accounts, people_.accounts());
  if (std::ranges::find(accounts, Role::origin, &Account::role) != accounts.end()) {
    return fail(ErrorCode::denied, "this home has its origin already; log in");
  }
  const TimeMs now = clock_.now_ms();
  if (now < not_before_) {
    return fail(ErrorCode::busy, "too many failed attempts; try again in {} s",
                (not_before_ - now + second_ms - 1) / second_ms);
  }
  if (!is_same(code, code_)) {
    not_before_ = now + std::min(second_ms << std::min(failures_++, doublings_max), wait_ms_max);
    return fail(ErrorCode::denied, "this is not the code that stands in the server's terminal");
  }
  MBE_TRY(check_origin_name(manifests_, name));
  return people_.add(name, Role::origin, password);
}

}  // namespace mbe
