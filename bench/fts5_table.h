// SQLite's full-text index as the competitor of several benches: one column, contentless, ranked by
// its bm25. One thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

#include "base/assert.h"

namespace mbe {

class Fts5Table {
 public:
  /// synced: every transaction reaches the disk before it returns.
  Fts5Table(const std::string& path, const std::string& tokenizer, bool synced) {
    check(sqlite3_open(path.c_str(), &db_));
    run("PRAGMA journal_mode=WAL");
    run(synced ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    run("CREATE VIRTUAL TABLE t USING fts5(x, content='', tokenize='" + tokenizer + "')");
    prepare("INSERT INTO t(rowid, x) VALUES(?,?)", insert_);
    prepare("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", select_);
  }
  ~Fts5Table() {
    sqlite3_finalize(insert_);
    sqlite3_finalize(select_);
    sqlite3_close(db_);
  }
  Fts5Table(const Fts5Table&) = delete;
  Fts5Table& operator=(const Fts5Table&) = delete;

  void run(const std::string& sql) {
    check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr));
  }
  /// One row; a transaction of its own unless one was begun.
  void add(std::uint64_t sequence, const std::string& text) {
    check(sqlite3_bind_int64(insert_, 1, static_cast<sqlite3_int64>(sequence) + 1));
    check(sqlite3_bind_text(insert_, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
    MBE_ASSERT(sqlite3_step(insert_) == SQLITE_DONE);
    check(sqlite3_reset(insert_));
  }
  /// Number of rows found, at most top_k.
  std::size_t search(const std::string& match, std::size_t top_k) {
    check(
        sqlite3_bind_text(select_, 1, match.data(), static_cast<int>(match.size()), SQLITE_STATIC));
    check(sqlite3_bind_int64(select_, 2, static_cast<sqlite3_int64>(top_k)));
    std::size_t hits = 0;
    while (sqlite3_step(select_) == SQLITE_ROW) ++hits;
    check(sqlite3_reset(select_));
    return hits;
  }

 private:
  void prepare(const char* sql, sqlite3_stmt*& out) {
    check(sqlite3_prepare_v2(db_, sql, -1, &out, nullptr));
  }
  static void check(int rc) { MBE_ASSERT(rc == SQLITE_OK); }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

}  // namespace mbe
