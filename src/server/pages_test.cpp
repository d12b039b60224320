// How the built files of the page are answered, and what is in this program of them.
#include "server/pages.h"

#include <gtest/gtest.h>

#include <map>

namespace mbe {
namespace {

// "<p>안녕</p>" and "let a;", as the build zips them.
constexpr char zipped_index[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xb3\x29\xb0\x7b\x33\xb5\xe3\x75\xeb\x54"
    "\x1b\xfd\x02\x3b\x00\x26\x7a\x6d\xd0\x0d\x00\x00\x00";
constexpr char zipped_script[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x49\x2d\x51\x48\xb4\x06\x00\x56\x54"
    "\xdb\x8e\x06\x00\x00\x00";

const PageFile files[] = {
    {"/index.html", "text/html; charset=utf-8", "11aa", {zipped_index, sizeof zipped_index - 1}},
    {"/assets/a-1.js", "text/javascript", "22bb", {zipped_script, sizeof zipped_script - 1}},
};

std::optional<HttpResponse> ask(const std::string& path,
                                const std::map<std::string, std::string>& headers = {},
                                const std::string& method = "GET") {
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.headers = headers;
  return page_answer(files, request, Catalog());
}

std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(Pages, GivesIndexUnderEveryAddressOfThePage) {
  for (const char* path :
       {"/", "/login", "/boot", "/memory", "/days", "/origin-panel", "/first-run", "/index.html"}) {
    const auto answer = ask(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->body, "<p>안녕</p>");
    EXPECT_EQ(answer->content_type, "text/html; charset=utf-8");
  }
}

TEST(Pages, LeavesEveryOtherPathAndMethodToTheRest) {
  EXPECT_FALSE(ask("/v1/recall"));
  EXPECT_FALSE(ask("/assets/b-2.js"));
  EXPECT_FALSE(ask("/assets/../index.html"));
  EXPECT_FALSE(ask("/memory/1"));
  EXPECT_FALSE(ask("/login", {}, "POST"));
}

TEST(Pages, ZipsForThoseWhoTakeIt) {
  const auto zipped = ask("/", {{"accept-encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(header(*zipped, "Content-Encoding"), "gzip");
  EXPECT_EQ(zipped->body, std::string(zipped_index, sizeof zipped_index - 1));
  const auto plain = ask("/", {{"accept-encoding", "br, gzip;q=0"}});
  EXPECT_EQ(header(*plain, "Content-Encoding"), "");
  EXPECT_EQ(plain->body, "<p>안녕</p>");
}

TEST(Pages, KeepsForGoodWhatHasItsDigestInItsName) {
  EXPECT_EQ(header(*ask("/assets/a-1.js"), "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(*ask("/"), "Cache-Control"), "no-cache");
}

TEST(Pages, SaysNothingNewToWhoHasItAlready) {
  const std::string tag = header(*ask("/"), "ETag");
  const auto same = ask("/", {{"if-none-match", tag}});
  EXPECT_EQ(same->status, 304U);
  EXPECT_EQ(same->body, "");
  EXPECT_EQ(ask("/", {{"if-none-match", "\"other\""}})->status, 200U);
  EXPECT_NE(header(*ask("/", {{"accept-encoding", "gzip"}}), "ETag"), tag);
}

TEST(Pages, AllowsNoScriptFromElsewhereAndNoFrame) {
  const auto answer = ask("/");
  const std::string policy = header(*answer, "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'self'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(header(*answer, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(*answer, "Referrer-Policy"), "no-referrer");
}

TEST(Pages, SaysHowToGetThePageWhereItWasLeftOut) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  const auto answer = page_answer({}, request, Catalog());
  EXPECT_EQ(answer->status, 503U);
  EXPECT_NE(answer->body.find("MBE_WEB=ON"), std::string::npos);
  request.path = "/v1/recall";
  EXPECT_FALSE(page_answer({}, request, Catalog()));
}

TEST(Pages, WeighsNoMoreThan200KilobytesInAll) {
  constexpr std::size_t bytes_max = 200'000;
  std::size_t bytes = 0;
  for (const PageFile& file : built_pages()) bytes += file.gzipped.size();
  if (built_pages().empty()) GTEST_SKIP() << "built without the page: MBE_WEB=OFF";
  EXPECT_LE(bytes, bytes_max);
  EXPECT_GT(bytes, 10'000U);
}

TEST(Pages, ReadsEveryFileOfTheBuildUnzippedToo) {
  if (built_pages().empty()) GTEST_SKIP() << "built without the page: MBE_WEB=OFF";
  for (const PageFile& file : built_pages()) {
    HttpRequest request;
    request.method = "GET";
    request.path = file.path;
    const auto answer = page_answer(built_pages(), request, Catalog());
    ASSERT_TRUE(answer) << file.path;
    EXPECT_GT(answer->body.size(), 0U) << file.path;
  }
}

}  // namespace
}  // namespace mbe
