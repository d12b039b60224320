// The two tools that ChatGPT's connectors and deep research ask of a server, `search` and `fetch`,
// in their result shapes: as structured content, and as one text that holds the same JSON. They
// only read. Source: OpenAI, "Building MCP servers for ChatGPT". Names and schemas:
// data/mcp/chatgpt.json. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/message.h"
#include "mcp/features.h"
#include "operations/operation.h"

namespace mbe::mcp {

/// The list of these tools. Immutable once loaded: any thread.
class SearchBook {
 public:
  /// Errors: unavailable (the file is missing), io (cannot be read), corrupt (not such a list).
  [[nodiscard]] static Result<SearchBook> load();
  /// See above.
  [[nodiscard]] static Result<SearchBook> load(const std::filesystem::path& file);

  [[nodiscard]] const Json& list() const { return list_; }
  [[nodiscard]] const std::string& instructions() const { return instructions_; }

 private:
  Json list_ = Json::array();
  std::string instructions_;
};

struct SearchToolsOptions {
  const SearchBook& book;
  const Catalog& messages;  ///< the person's language
  /// Runs an operation of the table for whoever calls.
  std::function<Result<Json>(const Operation&, const Json& arguments)> run;
  /// Where a block's number is appended to make an address.
  std::string address;
};

class SearchTools final : public Features {
 public:
  explicit SearchTools(SearchToolsOptions options) : options_(std::move(options)) {}

  [[nodiscard]] Json capabilities(bool is_modern) const override;
  [[nodiscard]] std::string instructions() const override;
  [[nodiscard]] std::optional<Outcome> answer(const Asked& asked, Exchange& exchange) override;
  [[nodiscard]] bool is_streamed(const Asked& asked) const override;
  void hear(const Message& response) override;

 private:
  [[nodiscard]] Result<Json> search(const Json& arguments) const;
  [[nodiscard]] Result<Json> fetch(const Json& arguments) const;

  SearchToolsOptions options_;
};

}  // namespace mbe::mcp
