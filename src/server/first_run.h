// The first account of a home: its origin, made by whoever reads the one-time code in the terminal
// of the server. Any thread.
#pragma once

#include <mutex>
#include <string>

#include "people/people.h"

namespace mbe {

class FirstRun {
 public:
  /// Draws a code of 60 random bits. `people` must outlive it.
  explicit FirstRun(People& people, const Clock& clock = system_clock());

  /// `xxxx-xxxx-xxxx`: to be shown in the terminal, nowhere else.
  [[nodiscard]] const std::string& code() const { return code_; }

  /// Makes the origin's account; the code is of no use afterwards. Errors: denied (the code is
  /// wrong, or there is an origin), busy (wait after wrong ones: a second, doubling to 15 minutes),
  /// those of People::add.
  [[nodiscard]] Result<Account> create(const std::string& code, const std::string& name,
                                       const std::string& password);

 private:
  People& people_;
  const Clock& clock_;
  const std::string code_;
  std::mutex mutex_;
  int failures_ = 0;       ///< guarded by mutex_
  TimeMs not_before_ = 0;  ///< guarded by mutex_
};

}  // namespace mbe
