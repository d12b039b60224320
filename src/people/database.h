// SQLite as values: a connection, prepared statements, errors as Result. Not thread-safe: one
// thread at a time may use a connection and its statements.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mbe {

/// What goes into and comes out of a column; a NULL comes out as an empty text.
using Column = std::variant<std::int64_t, std::string>;
using Row = std::vector<Column>;

/// The number or text in a column; 0 or empty where it holds the other.
[[nodiscard]] std::int64_t number_of(const Column& column);
[[nodiscard]] const std::string& text_of(const Column& column);

class Database {
 public:
  /// Opens or makes the file (mode 0600), durable on commit, shared with other processes.
  /// Errors: io, corrupt (no database).
  [[nodiscard]] static Result<Database> open(const std::string& path);

  /// All rows of one statement with its `?` bound in order. Errors: io, busy (locked by another
  /// process for 5 s), corrupt, denied (a constraint, such as a name that is there already).
  [[nodiscard]] Result<std::vector<Row>> run(std::string_view sql,
                                             std::initializer_list<Column> values = {});
  /// The rowid of the last insert.
  [[nodiscard]] std::int64_t last_id() const;
  /// How many rows the last statement changed.
  [[nodiscard]] std::int64_t changed() const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  /// The statement of that text, made once for a connection.
  [[nodiscard]] Result<sqlite3_stmt*> prepared(std::string_view sql);
  [[nodiscard]] Error error() const;
  /// SQLite does not wait for whoever makes the same file a WAL at this moment; this does.
  [[nodiscard]] Result<void> use_wal();

  std::string path_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalise>, std::less<>> statements_;
};

}  // namespace mbe
