#ifndef TESTS_SUPPORT_SQLITE_SCRIPT_H_
#define TESTS_SUPPORT_SQLITE_SCRIPT_H_

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace loadline::testing {

// Does something to a closed file with SQLite alone. Throws std::runtime_error, which fails the
// test.
inline void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  const bool ok = sqlite3_open(path.c_str(), &handle) == SQLITE_OK &&
                  sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  const std::string message = sqlite3_errmsg(handle);
  sqlite3_close(handle);
  if (!ok) throw std::runtime_error(sql + ": " + message);
}

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_SQLITE_SCRIPT_H_
