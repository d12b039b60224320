// The web page: its built files, gzipped once, stand in the program itself (web/CMakeLists.txt).
// Every address of the page gives index.html, which decides in the browser what to show; files
// under /assets/ carry their digest in their name and never change. Pure functions; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/message.h"
#include "server/http.h"

namespace mbe {

/// One built file.
struct PageFile {
  std::string_view path;  ///< "/assets/index-4f2a.js"
  std::string_view content_type;
  std::string_view digest;  ///< of what is in it, in hex
  std::string_view gzipped;
};

/// What the build put into this program; nothing where it was built with MBE_WEB=OFF.
[[nodiscard]] std::span<const PageFile> built_pages();

/// The answer to a GET or HEAD of the page or a part of it; nothing for every other path. Where
/// there are no files, the page's addresses are answered with how to get them.
[[nodiscard]] std::optional<HttpResponse> page_answer(std::span<const PageFile> files,
                                                      const HttpRequest& request,
                                                      const Catalog& messages);

}  // namespace mbe
