#include "people/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace mbe {

namespace {

constexpr int busy_wait_ms = 5'000;
constexpr std::chrono::milliseconds busy_step{5};

/// Whoever asks next finds the statement as it was made.
struct Reset {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

struct Bind {
  sqlite3_stmt* statement;
  int place;

  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, place, number); }
  int operator()(const std::string& text) const {
    return sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  }
};

Row row_of(sqlite3_stmt* statement) {
  Row out;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
      out.emplace_back(static_cast<std::int64_t>(sqlite3_column_int64(statement, i)));
      continue;
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
    out.emplace_back(text == nullptr ? std::string() : std::string(text, size));
  }
  return out;
}

}  // namespace

std::int64_t number_of(const Column& column) {
  const auto* number = std::get_if<std::int64_t>(&column);
  return number == nullptr ? 0 : *number;
}

const std::string& text_of(const Column& column) {
  static const std::string none;
  const auto* text = std::get_if<std::string>(&column);
  return text == nullptr ? none : *text;
}

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close(connection);
}

void Database::Finalise::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::string& path) {
  Database out;
  out.path_ = path;
  sqlite3* connection = nullptr;
  // Nobody else's to read: it holds digests of passwords and keys.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(ErrorCode::io, "cannot use {}: {}", path, std::strerror(errno));
  }
  ::close(file);
  const int opened = sqlite3_open_v2(path.c_str(), &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  out.connection_.reset(connection);
  if (opened != SQLITE_OK) return out.error();
  sqlite3_busy_timeout(connection, busy_wait_ms);
  MBE_TRY(out.use_wal());
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}) {
    MBE_TRY(out.run(pragma));
  }
  return out;
}

Result<void> Database::use_wal() {
  using Steady = std::chrono::steady_clock;
  const auto end = Steady::now() + std::chrono::milliseconds(busy_wait_ms);
  for (;;) {
    const auto done = run("PRAGMA journal_mode=WAL");
    if (done.ok()) return {};
    if (done.error().code() != ErrorCode::busy || Steady::now() >= end) return done.error();
    std::this_thread::sleep_for(busy_step);
  }
}

Error Database::error() const {
  const int code = sqlite3_errcode(connection_.get());
  const char* why = sqlite3_errmsg(connection_.get());
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return fail(ErrorCode::busy, "another process holds {} for {} ms; try again", path_,
                busy_wait_ms);
  }
  if (code == SQLITE_CONSTRAINT) return fail(ErrorCode::denied, "{} refuses it: {}", path_, why);
  const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  return fail(damaged ? ErrorCode::corrupt : ErrorCode::io, "cannot use {}: {}", path_, why);
}

Result<sqlite3_stmt*> Database::prepared(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) {
    return known->second.get();
  }
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
    return error();
  }
  statements_.emplace(sql, made);
  return made;
}

Result<std::vector<Row>> Database::run(std::string_view sql, std::initializer_list<Column> values) {
  MBE_ASSIGN(sqlite3_stmt* const raw, prepared(sql));
  const std::unique_ptr<sqlite3_stmt, Reset> statement(raw);
  int place = 0;
  for (const Column& value : values) {
    if (std::visit(Bind{raw, ++place}, value) != SQLITE_OK) return error();
  }
  std::vector<Row> rows;
  for (;;) {
    const int step = sqlite3_step(raw);
    if (step == SQLITE_DONE) return rows;
    if (step != SQLITE_ROW) return error();
    rows.push_back(row_of(raw));
  }
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(connection_.get());
}

std::int64_t Database::changed() const {
  return sqlite3_changes64(connection_.get());
}

}  // namespace mbe
