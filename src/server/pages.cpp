#include "server/pages.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/zlib/inflate_stream.hpp>

#include "server/problem.h"

namespace mbe {

namespace {

namespace zlib = boost::beast::zlib;

constexpr std::string_view index_path = "/index.html";
constexpr std::string_view assets_path = "/assets/";
/// What the page shows under an address of its own: web/src/lib/router.svelte.ts.
constexpr std::array<std::string_view, 9> page_paths = {
    "/",     "/index.html",   "/login",     "/boot",  "/memory",
    "/days", "/origin-panel", "/first-run", "/import"};
constexpr std::size_t gzip_header_bytes = 10;  // the build writes no name and no extra field
constexpr std::size_t gzip_trailer_bytes = 8;
constexpr std::size_t page_bytes_max = 4'000'000;

/// No script, style or picture from elsewhere, no inline script, no frame around it.
constexpr std::string_view content_policy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

bool is_page_path(std::string_view path) {
  return std::ranges::find(page_paths, path) != page_paths.end();
}

/// For the few that take no gzip. Empty if the build made something else than we read.
std::string unzipped(std::string_view gzipped) {
  constexpr std::size_t around = gzip_header_bytes + gzip_trailer_bytes;
  if (gzipped.size() < around) return "";
  std::string out(page_bytes_max, '\0');
  zlib::inflate_stream stream;
  zlib::z_params state;
  state.next_in = gzipped.data() + gzip_header_bytes;
  state.avail_in = gzipped.size() - around;
  state.next_out = out.data();
  state.avail_out = out.size();
  boost::system::error_code failed;
  stream.write(state, zlib::Flush::finish, failed);
  const bool whole = failed == zlib::error::end_of_stream;
  out.resize(whole ? state.total_out : 0);
  return out;
}

/// Whether `gzip` is among the codings that are taken, and not with the weight 0.
bool takes_gzip(const HttpRequest& request) {
  std::string_view rest = request.header("accept-encoding");
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (!one.starts_with("gzip")) continue;
    return one.find("q=0") == std::string_view::npos || one.find("q=0.") != std::string_view::npos;
  }
  return false;
}

HttpResponse file_answer(const PageFile& file, const HttpRequest& request) {
  const bool zipped = takes_gzip(request);
  const std::string tag = '"' + std::string(file.digest) + (zipped ? "-gzip\"" : "\"");
  const bool lasts = file.path.starts_with(assets_path);
  HttpResponse out;
  out.content_type = file.content_type;
  out.headers = {
      {"Cache-Control", lasts ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", tag},
      {"Vary", "Accept-Encoding"},
      {"Content-Security-Policy", std::string(content_policy)},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
  };
  if (request.header("if-none-match").find(tag) != std::string::npos) {
    out.status = 304;
    return out;
  }
  if (zipped) out.headers.emplace_back("Content-Encoding", "gzip");
  out.body = zipped ? std::string(file.gzipped) : unzipped(file.gzipped);
  return out;
}

}  // namespace

std::optional<HttpResponse> page_answer(std::span<const PageFile> files, const HttpRequest& request,
                                        const Catalog& messages) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const bool is_page = is_page_path(request.path);
  if (is_page && files.empty()) {
    return problem(messages, fail(ErrorCode::unavailable,
                                  "this program was built without its web page: run tools/setup, "
                                  "then build it with MBE_WEB=ON"));
  }
  const std::string_view path = is_page ? index_path : std::string_view(request.path);
  const auto file = std::ranges::find(files, path, &PageFile::path);
  if (file == files.end()) return std::nullopt;
  return file_answer(*file, request);
}

}  // namespace mbe
