// What the public conformance suite wants of a server: tools, prompts and resources that do nothing
// but show a part of the protocol each (fixture.json). For tests alone, in no release.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "mcp/features.h"

namespace mbe::mcp {

class Fixture final : public Features {
 public:
  explicit Fixture(Json said) : said_(std::move(said)) {}

  [[nodiscard]] Json capabilities(bool is_modern) const override;
  [[nodiscard]] std::string instructions() const override { return ""; }
  [[nodiscard]] std::optional<Outcome> answer(const Asked& asked, Exchange& exchange) override;
  [[nodiscard]] bool is_streamed(const Asked& asked) const override;
  void hear(const Message& response) override;

 private:
  [[nodiscard]] Outcome call(const Asked& asked, Exchange& exchange);
  [[nodiscard]] Outcome prompt(const Asked& asked) const;
  [[nodiscard]] Outcome read(const Asked& asked) const;
  [[nodiscard]] Json listed(const std::string& kind) const;
  /// Asks the client, by the earlier revisions, and waits for what it says.
  [[nodiscard]] Outcome ask(const Json& tool, const Asked& asked, Exchange& exchange);
  /// The next round of questions, by the newer revision; null when all are answered.
  [[nodiscard]] Outcome round(const Json& rounds, const Asked& asked) const;
  [[nodiscard]] std::string sealed(const std::string& state) const;

  const Json said_;
  const std::string secret_ = "for tests alone";
  std::mutex mutex_;
  std::condition_variable heard_;
  std::map<std::string, Json> answers_;  ///< of the client, by id; guarded by mutex_
  int asked_ = 0;                        ///< guarded by mutex_
};

}  // namespace mbe::mcp
