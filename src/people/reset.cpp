#include "base/random.h"
#include "people/people.h"

namespace mbe {

namespace {

constexpr std::size_t code_bytes = 8;
constexpr std::size_t group = 4;
constexpr std::size_t groups = 3;
constexpr TimeMs code_ms = 15 * 60 * TimeMs{1'000};

}  // namespace

std::string new_code() {
  const std::string letters = to_base32(random_bytes(code_bytes));
  std::string out;
  for (std::size_t i = 0; i < groups; ++i) {
    out += (i == 0 ? "" : "-") + letters.substr(i * group, group);
  }
  return out;
}

Result<ResetCode> People::create_reset(const std::string& name) {
  const ResetCode out{new_code(), clock_.now_ms() + code_ms};
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::int64_t account, id_of(name));
  MBE_TRY(
      database_.run("INSERT INTO reset(account, digest, expires) VALUES(?, ?, ?)"
                    " ON CONFLICT(account) DO UPDATE SET digest = excluded.digest,"
                    " expires = excluded.expires",
                    {account, digest_of_secret(out.code), out.expires_ms}));
  return out;
}

Result<std::string> People::reset_password(const std::string& code, const std::string& password,
                                           const std::string& address) {
  MBE_TRY(check_password(password));
  const std::string digest = digest_of_secret(code);
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    MBE_TRY(check_throttle("@" + address));
    // Taken away as it is found: of two who bring it at once, one has it.
    MBE_ASSIGN(const auto rows, database_.run("DELETE FROM reset WHERE digest = ? AND expires > ?"
                                              " RETURNING (SELECT name FROM account WHERE"
                                              " id = reset.account)",
                                              {digest, clock_.now_ms()}));
    count_attempt("@" + address, rows.empty());
    if (rows.empty()) {
      return fail(ErrorCode::denied,
                  "this code opens nothing, or no longer; `mbe people reset-code` shows a new one");
    }
    name = text_of(rows[0][0]);
  }
  MBE_TRY(set_password(name, password));
  return name;
}

}  // namespace mbe
