// The first account of a home: its origin, made by whoever reads the one-time code in the terminal
// of the server. Any thread.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "people/people.h"

namespace mbe {

class FirstRun {
 public:
  /// Draws a code of 60 random bits. `people` must outlive it; `manifests`: their folder.
  explicit FirstRun(People& people, std::filesystem::path manifests,
                    const Clock& clock = system_clock());

  /// `xxxx-xxxx-xxxx`: to be shown in the terminal, nowhere else.
  [[nodiscard]] const std::string& code() const { return code_; }

  /// Makes the origin's account; the code is of no use afterwards. Errors: denied (the code is
  /// wrong, there is an origin, or origin_id.txt names another), busy (wait after wrong ones: a
  /// second, doubling to 15 minutes), those of read_origin and People::add.
  [[nodiscard]] Result<Account> create(const std::string& code, const std::string& name,
                                       const std::string& password);

  /// The name that the account has to have, as origin_id.txt says; empty: any will do.
  [[nodiscard]] Result<std::string> wanted_name() const;

 private:
  People& people_;
  const std::filesystem::path manifests_;
  const Clock& clock_;
  const std::string code_;
  std::mutex mutex_;
  int failures_ = 0;       ///< guarded by mutex_
  TimeMs not_before_ = 0;  ///< guarded by mutex_
};

}  // namespace mbe
