// One's conversations over HTTP: listed, searched, with their branches, renamed, deleted, exported.
// Forms: docs/guide/ask.md. Who calls has been found out before (rest.cpp); everybody reaches their
// own memory alone. Any thread may call.
#pragma once

#include <functional>
#include <optional>

#include "base/message.h"
#include "echo/conversations.h"
#include "people/access.h"
#include "server/http.h"

namespace mbe {

/// The JSON Schema of what POST /api/conversations/rename and delete take.
[[nodiscard]] Json conversation_arguments();

class ConversationDoor {
 public:
  /// The engine must outlive it. utc_offset_minutes: where an export is read.
  ConversationDoor(Engine& engine, std::function<int(TimeMs)> utc_offset_minutes)
      : engine_(engine), utc_offset_minutes_(std::move(utc_offset_minutes)) {}

  /// GET /api/conversations[?search=], /api/conversations/tree, /api/conversations/export; POST
  /// /api/conversations/rename, /api/conversations/delete. Nothing for another path.
  [[nodiscard]] std::optional<HttpResponse> answer(const HttpRequest& request, const Principal& who,
                                                   const Catalog& messages) const;

 private:
  [[nodiscard]] Result<HttpResponse> read(const HttpRequest& request, Memory& memory) const;
  [[nodiscard]] Result<HttpResponse> change(const HttpRequest& request, Memory& memory,
                                            const Catalog& messages) const;

  Engine& engine_;
  std::function<int(TimeMs)> utc_offset_minutes_;
};

}  // namespace mbe
