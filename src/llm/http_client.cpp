#include "llm/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace mbe {

namespace {

/// Handles with the connections that they hold open. A handle is one call's at a time.
class Handles {
 public:
  using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

  Handle take(bool reuse) {
    const std::lock_guard lock(mutex_);
    if (!reuse || idle_.empty()) return {curl_easy_init(), curl_easy_cleanup};
    Handle out = std::move(idle_.back());
    idle_.pop_back();
    return out;
  }
  void give(Handle handle) {
    curl_easy_reset(handle.get());
    const std::lock_guard lock(mutex_);
    if (idle_.size() < idle_max) idle_.push_back(std::move(handle));
  }

 private:
  static constexpr std::size_t idle_max = 32;
  std::mutex mutex_;
  std::vector<Handle> idle_;  ///< guarded by mutex_
};

struct Transfer {
  CURL* curl;
  const HttpCall& call;
  const OnBody& on_body;
  const std::stop_token& stop;
  HttpReply reply = {};
  bool head_told = false;
  std::chrono::steady_clock::time_point last_byte = std::chrono::steady_clock::now();
  bool ended = false, too_large = false, silent = false, stopped = false;
  std::exception_ptr thrown = {};
};

void tell_head(Transfer& transfer) {
  if (std::exchange(transfer.head_told, true) || !transfer.call.on_head) return;
  transfer.call.on_head(transfer.reply.status, transfer.reply.headers);
}

std::size_t take_bytes(char* bytes, std::size_t size, Transfer& transfer) {
  transfer.last_byte = std::chrono::steady_clock::now();
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  tell_head(transfer);
  if (transfer.on_body && transfer.reply.status == 200) {
    transfer.ended = !transfer.on_body({bytes, size});
    return transfer.ended ? 0 : size;
  }
  transfer.too_large = transfer.reply.body.size() + size > transfer.call.body_bytes_max;
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

void take_line(std::string_view line, HttpFields& fields) {
  if (line.starts_with("HTTP/")) fields.clear();  // what came before was interim
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
  const std::size_t end = line.find_last_not_of(" \t\r\n");
  const bool has_value = begin != std::string_view::npos && end != std::string_view::npos;
  fields.emplace_back(std::move(name), has_value && begin <= end
                                           ? std::string(line.substr(begin, end + 1 - begin))
                                           : std::string());
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* given) {
  auto& transfer = *static_cast<Transfer*>(given);
  transfer.last_byte = std::chrono::steady_clock::now();
  try {
    take_line({bytes, size}, transfer.reply.headers);
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
}

/// Called at least once a second; not 0 ends the transfer.
int watch(void* given, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(given);
  const auto silence = std::chrono::steady_clock::now() - transfer.last_byte;
  transfer.silent = silence > transfer.call.silence_timeout;
  const std::function<bool()>& unwanted = transfer.call.unwanted;
  transfer.stopped = transfer.stop.stop_requested() || (unwanted && unwanted());
  return transfer.stopped || transfer.silent ? 1 : 0;
}

Error failure(const HttpCall& call, const Transfer& transfer, CURLcode code) {
  if (transfer.too_large) {
    return fail(ErrorCode::limit, "{} answered more than {} bytes", shown_url(call.url),
                call.body_bytes_max);
  }
  if (transfer.stopped || transfer.stop.stop_requested()) {
    return fail(ErrorCode::unavailable, "stopped");
  }
  if (transfer.silent) {
    return fail(ErrorCode::unavailable, "{} said nothing for {} s", shown_url(call.url),
                call.silence_timeout.count() / 1'000);
  }
  return fail(ErrorCode::unavailable, "no answer from {}: {}", shown_url(call.url),
              curl_easy_strerror(code));
}

std::string_view field_of(const HttpFields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &HttpFields::value_type::first);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::chrono::milliseconds> whole_number(std::string_view text, std::int64_t unit_ms) {
  constexpr std::int64_t number_max = 1'000'000'000;  // 30 years of seconds
  std::int64_t number = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || number < 0) return std::nullopt;
  return std::chrono::milliseconds(std::min(number, number_max) * unit_ms);
}

std::optional<std::chrono::milliseconds> retry_after(const HttpFields& fields) {
  constexpr std::int64_t second_ms = 1'000;
  if (const auto precise = whole_number(field_of(fields, "retry-after-ms"), 1)) return precise;
  const std::string text(field_of(fields, "retry-after"));
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
  static Handles handles;
  Handles::Handle curl = handles.take(call.reuse);
  MBE_ASSERT(once == CURLE_OK && curl != nullptr);
  Transfer transfer{curl.get(), call, on_body, stop};
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
  set(CURLOPT_HEADERFUNCTION, take_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, watch);
  set(CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  if (call.reuse) handles.give(std::move(curl));
  if (code != CURLE_OK && !transfer.ended) return failure(call, transfer, code);
  tell_head(transfer);  // of an answer without a body
  HttpReply& reply = transfer.reply;
  reply.retry_after = retry_after(reply.headers);
  reply.retry_refused = field_of(reply.headers, "x-should-retry") == "false";
  return std::move(reply);
}

}  // namespace mbe
