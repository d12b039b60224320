// The protocol without a transport: one message in, its answer out. Requests that carry their
// revision in `_meta` (2026-07-28) are answered by themselves; `initialize` begins a session of an
// earlier revision, which the transport keeps. Holds no state of its own: any thread.
// Source: the specification's `basic/versioning`, `server/discover`, and 2025-11-25's lifecycle.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mcp/features.h"

namespace mbe::mcp {

inline constexpr std::string_view modern_revision = "2026-07-28";
inline constexpr std::string_view legacy_revision = "2025-11-25";
inline constexpr std::string_view meta_version = "io.modelcontextprotocol/protocolVersion";

/// Revisions that begin with `initialize`; the newest first.
inline constexpr std::string_view legacy_revisions[] = {legacy_revision, "2025-06-18"};

/// What a client said in `initialize`.
struct Session {
  std::string revision;
  Json capabilities = Json::object();
  std::string id = {};  ///< over HTTP
};

/// The answer to one message.
struct Answer {
  Json message = nullptr;               ///< null: none is owed
  unsigned status = 200;                ///< over HTTP
  std::optional<Session> session = {};  ///< that began by it
};

/// The revision that the message names in `_meta`; empty if none.
[[nodiscard]] std::string revision_of(const Message& message);
/// Whether an earlier revision of that name is spoken here.
[[nodiscard]] bool is_legacy(std::string_view revision);

class Core {
 public:
  /// `version`: of the program, told to clients.
  explicit Core(std::string version) : version_(std::move(version)) {}

  /// `session`: that the message belongs to; null: none. `modern`: the transport knows that it is
  /// of the newer revision, whether or not it says so itself.
  [[nodiscard]] Answer answer(const Message& message, const Session* session, bool modern,
                              Features& features, Exchange& exchange) const;
  /// Whether the answer is worth a stream: see Features::is_streamed.
  [[nodiscard]] static bool is_streamed(const Message& message, const Session* session,
                                        const Features& features);
  /// -32022 with the revisions that are spoken.
  [[nodiscard]] static Fault unsupported(const std::string& asked);

 private:
  [[nodiscard]] Answer modern(const Message& message, Features& features, Exchange& exchange) const;
  [[nodiscard]] Answer legacy(const Message& message, const Session* session, Features& features,
                              Exchange& exchange) const;
  [[nodiscard]] Answer initialize(const Message& message, const Features& features) const;
  [[nodiscard]] Json discover(const Features& features) const;
  [[nodiscard]] Json server_info() const;

  std::string version_;
};

}  // namespace mbe::mcp
