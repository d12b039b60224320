// Accounts, passwords, sessions, API keys and grants of one home, in people.sqlite. Of passwords an
// Argon2id digest is kept, of session tokens and keys the SHA-256: none can be read back.
// Any thread may call any member; several processes may use one file.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "base/clock.h"
#include "people/access.h"
#include "people/database.h"

namespace mbe {

struct Account {
  std::string name;
  Role role = Role::guest;
  TimeMs created_ms = 0;
};

struct KeyView {
  std::string id;  ///< the first characters of the key: enough to tell them apart
  std::string account, label;
  std::set<Right> rights;
  std::set<std::string> chains;  ///< empty: every chain of the account
  TimeMs created_ms = 0;
  std::optional<TimeMs> expires_ms;
};

struct KeyRequest {
  std::string account, label;
  std::set<Right> rights = {Right::read, Right::write};
  std::set<std::string> chains;
  std::optional<TimeMs> expires_ms;
};

/// One login that lasts.
struct SessionView {
  std::string id;  ///< the first characters of what is kept of its token
  std::string account;
  TimeMs created_ms = 0;
  TimeMs seen_ms = 0;  ///< last used, to the minute
};

/// What an account may do to a chain that is not its own.
struct GrantView {
  std::string account;
  Grant grant;
};

/// Lets whoever has it set a password, once.
struct ResetCode {
  std::string code;
  TimeMs expires_ms = 0;
};

struct Login {
  std::string token;  ///< for a cookie; not kept here
  Principal principal;
};

/// Errors: invalid_argument (not 1 … 64 of a-z, 0-9, `-`, `_`, `.`).
[[nodiscard]] Result<void> check_account_name(const std::string& name);

/// `xxxx-xxxx-xxxx`, of 60 random bits: for a person to type over.
[[nodiscard]] std::string new_code();

class People {
 public:
  /// Opens or makes `home`/people.sqlite. Errors: io, busy, corrupt, unavailable (newer format).
  [[nodiscard]] static Result<std::unique_ptr<People>> open(const std::string& home,
                                                            const Clock& clock = system_clock());

  /// Errors: invalid_argument (name: 1 … 64 of a-z, 0-9, `-`, `_`, `.`; password: 12 characters
  /// to 1,024 bytes), denied (the name is taken; a second origin).
  [[nodiscard]] Result<Account> add(const std::string& name, Role role,
                                    const std::string& password);
  [[nodiscard]] Result<std::vector<Account>> accounts();
  /// Ends the account's sessions and keys too. Errors: not_found, denied (the origin).
  [[nodiscard]] Result<void> remove(const std::string& name);
  /// Ends the account's sessions. Errors: not_found, invalid_argument.
  [[nodiscard]] Result<void> set_password(const std::string& name, const std::string& password);
  /// The same for whoever knows the old one; slowed down as log_in. Errors: those of log_in and of
  /// set_password.
  [[nodiscard]] Result<void> change_password(const std::string& name, const std::string& old,
                                             const std::string& password,
                                             const std::string& address);

  /// For a forgotten password: good for 15 minutes and one use; an earlier one ends. For whoever
  /// may open this file alone: it stands for the old password. Errors: not_found.
  [[nodiscard]] Result<ResetCode> create_reset(const std::string& name);
  /// Sets the password of the account that the code was made for, whose name it returns, and ends
  /// its sessions. Errors: denied (no such code, or it has ended), invalid_argument (the password),
  /// busy (an address is slowed down as in log_in).
  [[nodiscard]] Result<std::string> reset_password(const std::string& code,
                                                   const std::string& password,
                                                   const std::string& address);

  /// Some 40 ms and 19 MiB, at most two at once, the same for an unknown name. Errors: denied (name
  /// or password is wrong), busy (too many failures: wait, doubling from a second to 15 minutes).
  [[nodiscard]] Result<Login> log_in(const std::string& name, const std::string& password,
                                     const std::string& address);
  /// Nothing if there is none: unknown, idle for 7 days, or 90 days old.
  [[nodiscard]] Result<std::optional<Principal>> by_session(const std::string& token);
  [[nodiscard]] Result<void> log_out(const std::string& token);
  /// Those that still open something, the newest first.
  [[nodiscard]] Result<std::vector<SessionView>> sessions();
  /// As in SessionView.
  [[nodiscard]] static std::string session_id(const std::string& token);
  /// Errors: not_found.
  [[nodiscard]] Result<void> end_session(const std::string& id);

  /// The key itself is told once, here. Errors: not_found (account), invalid_argument (no right, a
  /// chain that cannot be).
  [[nodiscard]] Result<std::pair<std::string, KeyView>> create_key(const KeyRequest& request);
  [[nodiscard]] Result<std::vector<KeyView>> keys();
  /// Errors: not_found.
  [[nodiscard]] Result<void> revoke_key(const std::string& id);
  /// Nothing if there is none, or it has expired.
  [[nodiscard]] Result<std::optional<Principal>> by_key(const std::string& key);

  /// What the account may do to a chain that is not its own; no rights: the grant ends.
  /// Errors: not_found, invalid_argument (a chain that cannot be).
  [[nodiscard]] Result<void> grant(const std::string& name, const std::string& chain,
                                   const std::set<Right>& rights);
  [[nodiscard]] Result<std::vector<GrantView>> grants();

 private:
  struct Throttle {
    int failures = 0;
    TimeMs not_before = 0;
  };
  static constexpr int hashes_at_once = 2;

  People(Database database, const Clock& clock) : database_(std::move(database)), clock_(clock) {}
  [[nodiscard]] Result<void> make_tables();
  [[nodiscard]] Result<std::int64_t> id_of(const std::string& name);
  [[nodiscard]] Result<Principal> principal(std::int64_t account);
  /// The account of that name and password. Errors: those of log_in.
  [[nodiscard]] Result<std::int64_t> proven(const std::string& name, const std::string& password,
                                            const std::string& address);
  [[nodiscard]] Result<void> check_throttle(const std::string& what) const;
  void count_attempt(const std::string& what, bool failed);
  [[nodiscard]] Result<std::string> digest_of(const std::string& password);
  [[nodiscard]] static Result<void> check_password(const std::string& password);
  /// What is kept of a session's token or a key: secrets of many random bits need no slow hash.
  [[nodiscard]] static std::string digest_of_secret(std::string_view secret);

  mutable std::mutex mutex_;
  Database database_;                         ///< guarded by mutex_
  std::map<std::string, Throttle> throttle_;  ///< by account and by address; guarded by mutex_
  std::counting_semaphore<hashes_at_once> hashing_{hashes_at_once};
  const Clock& clock_;
};

}  // namespace mbe
