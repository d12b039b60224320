#include "llm/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <exception>
#include <memory>

namespace mbe {

namespace {

constexpr std::size_t body_bytes_max = 16'000'000;

struct Transfer {
  CURL* curl;
  const OnBody& on_body;
  const std::stop_token& stop;
  std::chrono::milliseconds silence_timeout;
  HttpReply reply = {};
  std::chrono::steady_clock::time_point last_byte = std::chrono::steady_clock::now();
  bool ended = false, too_large = false, silent = false;
  std::exception_ptr thrown = {};
};

std::size_t take_bytes(char* bytes, std::size_t size, Transfer& transfer) {
  transfer.last_byte = std::chrono::steady_clock::now();
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  if (transfer.on_body && transfer.reply.status == 200) {
    transfer.ended = !transfer.on_body({bytes, size});
    return transfer.ended ? 0 : size;
  }
  transfer.too_large = transfer.reply.body.size() + size > body_bytes_max;
  if (transfer.too_large) return 0;
  transfer.reply.body.append(bytes, size);
  return size;
}

/// What is thrown does not go through libcurl, which is C: it waits until the transfer has ended.
std::size_t take(char* bytes, std::size_t, std::size_t size, void* given) {
  auto& transfer = *static_cast<Transfer*>(given);
  try {
    return take_bytes(bytes, size, transfer);
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
}

/// Called at least once a second; not 0 ends the transfer.
int watch(void* given, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(given);
  const auto silence = std::chrono::steady_clock::now() - transfer.last_byte;
  transfer.silent = silence > transfer.silence_timeout;
  return transfer.stop.stop_requested() || transfer.silent ? 1 : 0;
}

Error failure(const HttpCall& call, const Transfer& transfer, CURLcode code) {
  if (transfer.too_large) {
    return fail(ErrorCode::limit, "{} answered more than {} bytes", shown_url(call.url),
                body_bytes_max);
  }
  if (transfer.stop.stop_requested()) return fail(ErrorCode::unavailable, "stopped");
  if (transfer.silent) {
    return fail(ErrorCode::unavailable, "{} said nothing for {} s", shown_url(call.url),
                call.silence_timeout.count() / 1'000);
  }
  return fail(ErrorCode::unavailable, "no answer from {}: {}", shown_url(call.url),
              curl_easy_strerror(code));
}

std::string_view header_of(CURL* curl, const char* name) {
  curl_header* found = nullptr;
  const bool there = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK;
  return there ? std::string_view(found->value) : std::string_view();
}

std::optional<std::chrono::milliseconds> whole_number(std::string_view text, std::int64_t unit_ms) {
  constexpr std::int64_t number_max = 1'000'000'000;  // 30 years of seconds
  std::int64_t number = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || number < 0) return std::nullopt;
  return std::chrono::milliseconds(std::min(number, number_max) * unit_ms);
}

std::optional<std::chrono::milliseconds> retry_after(CURL* curl) {
  constexpr std::int64_t second_ms = 1'000;
  if (const auto precise = whole_number(header_of(curl, "retry-after-ms"), 1)) return precise;
  const std::string text(header_of(curl, "Retry-After"));
  if (const auto seconds = whole_number(text, second_ms)) return seconds;
  const std::time_t until = text.empty() ? -1 : curl_getdate(text.c_str(), nullptr);
  if (until == -1) return std::nullopt;
  const std::int64_t left = std::max<std::int64_t>(0, until - std::time(nullptr));
  return std::chrono::milliseconds(left * second_ms);
}

}  // namespace

std::string shown_url(std::string_view url) {
  url = url.substr(0, url.find('?'));
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t host = scheme + 3, path = std::min(url.find('/', host), url.size());
  const std::size_t user = url.substr(host, path - host).rfind('@');
  if (user == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, host)) + std::string(url.substr(host + user + 1));
}

Result<HttpReply> http_call(const HttpCall& call, const std::stop_token& stop,
                            const OnBody& on_body) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  MBE_ASSERT(once == CURLE_OK && curl != nullptr);
  Transfer transfer{curl.get(), on_body, stop, call.silence_timeout};
  curl_slist* list = nullptr;
  for (const std::string& header : call.headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list,
                                                                            curl_slist_free_all);
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  set(CURLOPT_URL, call.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  if (!call.unix_socket.empty()) {
    set(CURLOPT_UNIX_SOCKET_PATH, call.unix_socket.c_str());
    set(CURLOPT_NOPROXY, "*");
  }
  set(CURLOPT_HTTPHEADER, headers.get());
  if (!call.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    set(CURLOPT_POSTFIELDS, call.body.c_str());
  }
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.connect_timeout.count()));
  set(CURLOPT_WRITEFUNCTION, take);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, watch);
  set(CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  if (code != CURLE_OK && !transfer.ended) return failure(call, transfer, code);
  transfer.reply.retry_after = retry_after(curl.get());
  transfer.reply.retry_refused = header_of(curl.get(), "x-should-retry") == "false";
  return std::move(transfer.reply);
}

}  // namespace mbe
