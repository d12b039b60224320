#include "base/digest.h"
#include "base/random.h"
#include "people/people.h"

namespace mbe {

namespace {

constexpr std::size_t token_bytes = 16;
constexpr std::size_t id_characters = 12;  // of the digest; 48 bits tell sessions apart

constexpr TimeMs second_ms = 1'000;
constexpr TimeMs day_ms = 86'400 * second_ms;
constexpr TimeMs session_idle_ms = 7 * day_ms;
constexpr TimeMs session_ms = 90 * day_ms;
constexpr TimeMs session_noted_every_ms = 60 * second_ms;

}  // namespace

std::string People::digest_of_secret(std::string_view secret) {
  return to_hex(view(sha256(secret)));
}

std::string People::session_id(const std::string& token) {
  return digest_of_secret(token).substr(0, id_characters);
}

Result<Login> People::log_in(const std::string& name, const std::string& password,
                             const std::string& address) {
  MBE_ASSIGN(const std::int64_t id, proven(name, password, address));
  const std::lock_guard lock(mutex_);
  Login out{to_base32(random_bytes(token_bytes)), {}};
  const TimeMs now = clock_.now_ms();
  MBE_TRY(database_.run("DELETE FROM session WHERE seen < ? OR created < ?",
                        {now - session_idle_ms, now - session_ms}));
  MBE_TRY(database_.run("INSERT INTO session(digest, account, created, seen) VALUES(?, ?, ?, ?)",
                        {digest_of_secret(out.token), id, now, now}));
  MBE_ASSIGN(out.principal, principal(id));
  return out;
}

Result<std::optional<Principal>> People::by_session(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const TimeMs now = clock_.now_ms();
  const std::string digest = digest_of_secret(token);
  MBE_ASSIGN(const auto rows, database_.run("SELECT account, seen FROM session"
                                            " WHERE digest = ? AND seen >= ? AND created >= ?",
                                            {digest, now - session_idle_ms, now - session_ms}));
  if (rows.empty()) return std::optional<Principal>();
  if (now - number_of(rows[0][1]) > session_noted_every_ms) {
    MBE_TRY(database_.run("UPDATE session SET seen = ? WHERE digest = ?", {now, digest}));
  }
  MBE_ASSIGN(Principal out, principal(number_of(rows[0][0])));
  return std::optional(std::move(out));
}

Result<void> People::log_out(const std::string& token) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(database_.run("DELETE FROM session WHERE digest = ?", {digest_of_secret(token)}));
  return {};
}

Result<std::vector<SessionView>> People::sessions() {
  const std::lock_guard lock(mutex_);
  const TimeMs now = clock_.now_ms();
  MBE_ASSIGN(const auto rows,
             database_.run("SELECT s.digest, a.name, s.created, s.seen FROM session s"
                           " JOIN account a ON a.id = s.account WHERE s.seen >= ? AND s.created"
                           " >= ? ORDER BY s.created DESC, s.digest",
                           {now - session_idle_ms, now - session_ms}));
  std::vector<SessionView> out;
  for (const Row& row : rows) {
    out.push_back({text_of(row[0]).substr(0, id_characters), text_of(row[1]), number_of(row[2]),
                   number_of(row[3])});
  }
  return out;
}

Result<void> People::end_session(const std::string& id) {
  const std::lock_guard lock(mutex_);
  MBE_TRY(database_.run("DELETE FROM session WHERE substr(digest, 1, 12) = ?", {id}));
  if (database_.changed() > 0) return {};
  return fail(ErrorCode::not_found, "there is no session {}", id);
}

}  // namespace mbe
