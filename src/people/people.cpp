#include "people/people.h"

#include <sodium.h>

#include <algorithm>
#include <atomic>

#include "base/random.h"
#include "base/utf8.h"
#include "people/password_work.h"

namespace mbe {

namespace {

// Argon2id as in trust.md: 19 MiB, two passes, one lane.
constexpr unsigned long long password_passes = 2;
constexpr std::size_t password_memory = std::size_t{19} << 20;
constexpr std::size_t password_characters_min = 12;
constexpr std::size_t password_bytes_max = 1'024;
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t salt_bytes = 16;

constexpr TimeMs second_ms = 1'000;

std::atomic<std::uint64_t> hashes_done{0};

constexpr int free_failures = 3;
constexpr TimeMs throttle_ms_max = 15 * 60 * second_ms;
constexpr std::size_t throttled_max = 100'000;

constexpr std::int64_t format = 1;
constexpr const char* tables[] = {
    "CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " role TEXT NOT NULL, password TEXT NOT NULL, created INTEGER NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS one_origin ON account(role) WHERE role = 'origin'",
    "CREATE TABLE IF NOT EXISTS session(digest TEXT PRIMARY KEY, account INTEGER NOT NULL"
    " REFERENCES account ON DELETE CASCADE, created INTEGER NOT NULL, seen INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS api_key(digest TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE, label TEXT NOT NULL,"
    " rights TEXT NOT NULL, chains TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT "
    "NULL)",
    "CREATE TABLE IF NOT EXISTS granted(account INTEGER NOT NULL REFERENCES account"
    " ON DELETE CASCADE, chain TEXT NOT NULL, rights TEXT NOT NULL, PRIMARY KEY(account, chain))",
};
// Added since: earlier programs, which know nothing of it, may go on using the file.
constexpr const char* reset_table =
    "CREATE TABLE IF NOT EXISTS reset(account INTEGER PRIMARY KEY REFERENCES account"
    " ON DELETE CASCADE, digest TEXT NOT NULL, expires INTEGER NOT NULL)";

/// Holds one of the places for hashing.
class Place {
 public:
  explicit Place(std::counting_semaphore<2>& places) : places_(places) { places_.acquire(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { places_.release(); }

 private:
  std::counting_semaphore<2>& places_;
};

/// What an unknown name's password is compared with, so that it takes as long as a known one's.
const std::string& nobodys_digest() {
  static const std::string digest = [] {
    std::string out(crypto_pwhash_STRBYTES, '\0');
    const std::string secret = random_bytes(salt_bytes);
    const int rc = crypto_pwhash_str_alg(out.data(), secret.data(), secret.size(), password_passes,
                                         password_memory, crypto_pwhash_ALG_ARGON2ID13);
    MBE_ASSERT(rc == 0);
    return out;
  }();
  return digest;
}

/// Names that no account can have share one: they may look like an address, or fill the memory.
std::string throttled_name(const std::string& name) {
  return check_account_name(name).ok() ? name : "?";
}

}  // namespace

std::uint64_t passwords_hashed() {
  return hashes_done;
}

Result<void> check_account_name(const std::string& name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  const bool plain = name.find_first_not_of(allowed) == std::string::npos;
  if (plain && !name.empty() && name.size() <= name_bytes_max) return {};
  return fail(ErrorCode::invalid_argument,
              "an account's name is 1 to 64 characters of a-z, 0-9, `-`, `_` and `.`");
}

Result<void> People::check_password(const std::string& password) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  const auto bytes = static_cast<std::size_t>(std::ranges::count_if(password, continues));
  const bool text = !first_invalid_utf8(password);
  if (text && password.size() - bytes >= password_characters_min &&
      password.size() <= password_bytes_max) {
    return {};
  }
  return fail(ErrorCode::invalid_argument, "a password has at least {} characters",
              password_characters_min);
}

Result<std::unique_ptr<People>> People::open(const std::string& home, const Clock& clock) {
  MBE_ASSIGN(Database database, Database::open(home + "/people.sqlite"));
  std::unique_ptr<People> out(new People(std::move(database), clock));
  MBE_TRY(out->make_tables());
  return out;
}

Result<void> People::make_tables() {
  MBE_ASSIGN(const auto rows, database_.run("PRAGMA user_version"));
  const std::int64_t found = number_of(rows.at(0).at(0));
  if (found > format) {
    return fail(ErrorCode::unavailable,
                "people.sqlite was made by a newer version; install that version to open it");
  }
  if (found < format) {
    for (const char* table : tables) MBE_TRY(database_.run(table));
    MBE_TRY(database_.run("PRAGMA user_version = 1"));
  }
  MBE_TRY(database_.run(reset_table));
  return {};
}

Result<std::string> People::digest_of(const std::string& password) {
  const Place place(hashing_);
  ++hashes_done;
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), password_passes,
                            password_memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorCode::unavailable, "there is not enough memory to hash a password");
  }
  out.resize(out.find('\0'));
  return out;
}

Result<Account> People::add(const std::string& name, Role role, const std::string& password) {
  MBE_TRY(check_account_name(name));
  MBE_TRY(check_password(password));
  MBE_ASSIGN(const std::string digest, digest_of(password));
  const Account out{name, role, clock_.now_ms()};
  const std::lock_guard lock(mutex_);
  const auto added =
      database_.run("INSERT INTO account(name, role, password, created) VALUES(?, ?, ?, ?)",
                    {name, std::string(role_name(role)), digest, out.created_ms});
  if (added.ok()) return out;
  if (added.error().code() != ErrorCode::denied) return added.error();
  return fail(ErrorCode::denied, "there is an account `{}` already, or another origin", name);
}

Result<std::vector<Account>> People::accounts() {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const auto rows, database_.run("SELECT name, role, created FROM account ORDER BY id"));
  std::vector<Account> out;
  for (const Row& row : rows) {
    const auto role = role_from_name(text_of(row[1]));
    out.push_back({text_of(row[0]), role.value_or(Role::guest), number_of(row[2])});
  }
  return out;
}

Result<std::int64_t> People::id_of(const std::string& name) {
  MBE_ASSIGN(const auto rows, database_.run("SELECT id FROM account WHERE name = ?", {name}));
  if (rows.empty()) return fail(ErrorCode::not_found, "there is no account `{}`", name);
  return number_of(rows[0][0]);
}

Result<void> People::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::int64_t id, id_of(name));
  MBE_TRY(database_.run("DELETE FROM account WHERE id = ? AND role <> 'origin'", {id}));
  if (database_.changed() == 1) return {};
  return fail(ErrorCode::denied, "the origin's account stays; `{}` is it", name);
}

Result<void> People::set_password(const std::string& name, const std::string& password) {
  MBE_TRY(check_password(password));
  MBE_ASSIGN(const std::string digest, digest_of(password));
  const std::lock_guard lock(mutex_);
  MBE_ASSIGN(const std::int64_t id, id_of(name));
  MBE_TRY(database_.run("UPDATE account SET password = ? WHERE id = ?", {digest, id}));
  MBE_TRY(database_.run("DELETE FROM session WHERE account = ?", {id}));
  MBE_TRY(database_.run("DELETE FROM reset WHERE account = ?", {id}));
  throttle_.erase(throttled_name(name));
  return {};
}

Result<void> People::check_throttle(const std::string& what) const {
  const auto found = throttle_.find(what);
  if (found == throttle_.end()) return {};
  const TimeMs left = found->second.not_before - clock_.now_ms();
  if (left <= 0) return {};
  return fail(ErrorCode::busy, "too many failed attempts; try again in {} s",
              (left + second_ms - 1) / second_ms);
}

void People::count_attempt(const std::string& what, bool failed) {
  if (!failed) {
    throttle_.erase(what);
    return;
  }
  // Whoever fills the table with made-up names pays for its growth with waiting; who waits stays.
  if (throttle_.size() >= throttled_max) {
    const TimeMs now = clock_.now_ms();
    std::erase_if(throttle_, [now](const auto& known) { return known.second.not_before <= now; });
  }
  Throttle& one = throttle_[what];
  ++one.failures;
  if (one.failures < free_failures) return;
  const int doublings = std::min(one.failures - free_failures, 10);
  one.not_before = clock_.now_ms() + std::min(second_ms << doublings, throttle_ms_max);
}

Result<std::int64_t> People::proven(const std::string& name, const std::string& password,
                                    const std::string& address) {
  std::string digest = nobodys_digest();
  std::int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    MBE_TRY(check_throttle(throttled_name(name)));
    MBE_TRY(check_throttle("@" + address));
    MBE_ASSIGN(const auto rows,
               database_.run("SELECT id, password FROM account WHERE name = ?", {name}));
    if (!rows.empty()) {
      id = number_of(rows[0][0]);
      digest = text_of(rows[0][1]);
    }
  }
  bool right = false;
  {
    const Place place(hashing_);
    ++hashes_done;
    right = crypto_pwhash_str_verify(digest.c_str(), password.data(), password.size()) == 0;
  }
  const std::lock_guard lock(mutex_);
  count_attempt(throttled_name(name), !right || id == 0);
  count_attempt("@" + address, !right || id == 0);
  if (right && id != 0) return id;
  return fail(ErrorCode::denied, "the name or the password is wrong");
}

Result<void> People::change_password(const std::string& name, const std::string& old,
                                     const std::string& password, const std::string& address) {
  MBE_TRY(check_password(password));
  MBE_TRY(proven(name, old, address));
  return set_password(name, password);
}

}  // namespace mbe
