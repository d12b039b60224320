#include "server/http_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast.hpp>
#include <list>
#include <thread>

#include "server/event_stream.h"

namespace mbe {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Unix = asio::local::stream_protocol;
using Response = http::response<http::string_body>;

constexpr auto use_tuple = asio::experimental::as_tuple(asio::use_awaitable);

std::string peer_name(const Tcp::socket& socket) {
  error_code failed;
  return socket.remote_endpoint(failed).address().to_string();
}
std::string peer_name(const Unix::socket&) {
  return "local";
}

/// A problem that is told before anybody knows who calls, in English.
HttpResponse plain_problem(unsigned status, ErrorCode code, const std::string& detail) {
  const std::string name(error_name(code));
  return {status,
          R"({"title":")" + name + R"(","status":)" + std::to_string(status) + R"(,"detail":")" +
              detail + R"(","code":")" + name + R"("})",
          "application/problem+json"};
}

/// What the parser did not like.
HttpResponse refusal(error_code error) {
  if (error == http::error::body_limit)
    return plain_problem(413, ErrorCode::limit, "the body is too large");
  if (error == http::error::header_limit)
    return plain_problem(431, ErrorCode::limit, "the header is too large");
  return plain_problem(400, ErrorCode::invalid_argument, "this is not HTTP/1.1");
}

}  // namespace

/// Once it runs, all state that changes is touched by the loop's thread alone; the pool's threads
/// run the handler.
class HttpServer::Loop : public std::enable_shared_from_this<Loop> {
 public:
  Loop(HttpServerOptions options, HttpHandler handler)
      : options_(std::move(options)), handler_(std::move(handler)), pool_(options_.threads) {}

  Result<void> bind() {
    error_code failed;
    const auto address = asio::ip::make_address(options_.address, failed);
    if (!failed) open(tcp_, Tcp::endpoint(address, options_.port), failed);
    if (failed == asio::error::address_in_use) {
      return fail(ErrorCode::io,
                  "port {} of {} is taken by another program: end that one, or choose a port with "
                  "--port (0: any that is free)",
                  options_.port, options_.address);
    }
    if (failed) {
      return fail(ErrorCode::io, "cannot serve on {} port {}: {}", options_.address, options_.port,
                  failed.message());
    }
    port_ = tcp_.local_endpoint().port();
    if (options_.unix_path.empty()) return {};
    // What a server that was killed left behind; one that lives holds the home's lock.
    ::unlink(options_.unix_path.c_str());
    const mode_t mode = 0600;
    try {
      open(unix_, Unix::endpoint(options_.unix_path), failed);
    } catch (const boost::system::system_error& error) {  // the path is too long for a socket
      failed = error.code();
    }
    if (!failed && ::chmod(options_.unix_path.c_str(), mode) == 0) return {};
    return fail(ErrorCode::io, "cannot serve on {}: {}", options_.unix_path, failed.message());
  }

  void run() {
    asio::co_spawn(io_, accept(tcp_), asio::detached);
    if (unix_.is_open()) asio::co_spawn(io_, accept(unix_), asio::detached);
    thread_ = std::jthread([self = shared_from_this()] { self->io_.run(); });
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { begin_stop(); });
    thread_.join();
    pool_.join();
    if (!options_.unix_path.empty()) ::unlink(options_.unix_path.c_str());
  }

 private:
  /// A connection, as far as stopping needs it.
  struct Open {
    std::function<void()> close;
    bool answering = false;
  };
  using Place = std::list<Open>::iterator;

  template <class Acceptor>
  static void open(Acceptor& acceptor, const typename Acceptor::endpoint_type& at,
                   error_code& failed) {
    acceptor.open(at.protocol(), failed);
    if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor.bind(at, failed);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  }

  template <class Acceptor>
  asio::awaitable<void> accept(Acceptor& acceptor) {
    using Protocol = typename Acceptor::protocol_type;
    while (!stopping_) {
      auto [failed, socket] = co_await acceptor.async_accept(use_tuple);
      if (failed == asio::error::operation_aborted) co_return;
      if (failed) {  // out of file descriptors, or the other side has gone
        asio::steady_timer pause(io_, std::chrono::milliseconds(50));
        co_await pause.async_wait(use_tuple);
        continue;
      }
      if (open_.size() >= options_.connections_max) continue;  // closes it
      asio::co_spawn(io_, serve<Protocol>(std::move(socket)), asio::detached);
    }
  }

  template <class Protocol>
  asio::awaitable<void> serve(typename Protocol::socket socket) {
    const bool is_local = std::is_same_v<Protocol, Unix>;
    const std::string peer = peer_name(socket);
    beast::basic_stream<Protocol> stream(std::move(socket));
    const Place place = open_.insert(open_.end(), Open{[&stream] { stream.cancel(); }});
    beast::flat_buffer buffer;
    bool keep = true;
    while (keep && !stopping_) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max));
      parser.body_limit(options_.body_bytes_max);
      stream.expires_after(options_.idle_timeout);
      auto [failed, size] = co_await http::async_read_header(stream, buffer, parser, use_tuple);
      if (!failed) failed = co_await read_body(stream, buffer, parser);
      if (failed == http::error::end_of_stream || is_of_system(failed)) break;
      place->answering = true;
      HttpResponse answer;
      const bool is_head = !failed && parser.get().method() == http::verb::head;
      if (failed) {
        answer = refusal(failed);
      } else {
        keep = parser.get().keep_alive();
        answer = co_await answer_to(parser.release(), peer, is_local);
      }
      keep = keep && !failed && !stopping_ && !answer.events;
      stream.expires_after(options_.read_timeout);
      const error_code sent = co_await send(stream, answer, keep, is_head);
      if (answer.events && !sent) {
        place->answering = !answer.events->is_endless();
        if (!is_head && !(stopping_ && answer.events->is_endless())) {
          using namespace asio::experimental::awaitable_operators;
          co_await (gone(stream) || send_events(stream, *answer.events));
        }
      }
      if (answer.events) answer.events->leave();
      place->answering = false;
      if (sent) break;
    }
    error_code ignored;
    stream.socket().shutdown(asio::socket_base::shutdown_both, ignored);
    open_.erase(place);
    finish_if_still();
  }

  /// Whether the connection failed, rather than what came through it.
  static bool is_of_system(const error_code& failed) {
    return failed && failed.category() != make_error_code(http::error::end_of_stream).category();
  }

  template <class Stream, class Parser>
  asio::awaitable<error_code> read_body(Stream& stream, beast::flat_buffer& buffer,
                                        Parser& parser) {
    stream.expires_after(options_.read_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue") && !parser.is_done()) {
      const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      auto [failed, size] = co_await asio::async_write(stream, asio::buffer(go_on), use_tuple);
      if (failed) co_return failed;
    }
    auto [failed, size] = co_await http::async_read(stream, buffer, parser, use_tuple);
    co_return failed;
  }

  asio::awaitable<HttpResponse> answer_to(http::request<http::string_body> given, std::string peer,
                                          bool is_local) {
    HttpRequest request;
    request.method = std::string(given.method_string());
    request.peer = std::move(peer);
    request.is_local = is_local;
    for (const auto& field : given) {
      std::string name(field.name_string());
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      request.headers[name] = std::string(field.value());
    }
    if (!read_target(given.target(), request))
      co_return plain_problem(400, ErrorCode::invalid_argument, "this is not a path");
    request.body = std::move(given.body());
    if (waiting_ >= options_.waiting_max) {
      HttpResponse busy =
          plain_problem(503, ErrorCode::busy, "too many requests at once; try again");
      busy.headers.emplace_back("Retry-After", "1");
      co_return busy;
    }
    ++waiting_;
    HttpResponse out = co_await asio::co_spawn(
        pool_,
        [this, &request]() -> asio::awaitable<HttpResponse> { co_return answer_safely(request); },
        asio::use_awaitable);
    --waiting_;
    co_return out;
  }

  /// A fault of ours in one answer does not take the others along.
  HttpResponse answer_safely(const HttpRequest& request) const {
    try {
      return handler_(request);
    } catch (const std::exception& error) {
      return plain_problem(500, ErrorCode::io, "the server failed on this request");
    }
  }

  template <class Stream>
  asio::awaitable<error_code> send(Stream& stream, HttpResponse& answer, bool keep, bool is_head) {
    Response out(static_cast<http::status>(answer.status), 11);
    out.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) out.insert(name, value);
    out.keep_alive(keep);
    if (answer.events) {  // a stream of events ends with its connection
      http::response<http::empty_body> head(std::move(out.base()));
      head.set(http::field::content_type, "text/event-stream");
      head.set(http::field::cache_control, "no-store");
      head.set("X-Accel-Buffering", "no");
      http::response_serializer<http::empty_body> serializer(head);
      auto [failed, sent] = co_await http::async_write_header(stream, serializer, use_tuple);
      co_return failed;
    }
    const std::size_t size = answer.body.size();
    if (!is_head) out.body() = std::move(answer.body);
    out.content_length(size);
    auto [failed, sent] = co_await http::async_write(stream, out, use_tuple);
    co_return failed;
  }

  /// Returns when the other side closes: a client of a stream has nothing more to say.
  template <class Stream>
  asio::awaitable<void> gone(Stream& stream) {
    char rest[256];
    error_code failed;
    co_await asio::this_coro::throw_if_cancelled(false);
    stream.expires_never();
    while (!failed) {
      auto [read_failed, size] =
          co_await stream.async_read_some(asio::buffer(rest, sizeof rest), use_tuple);
      failed = read_failed;
    }
  }

  template <class Stream>
  asio::awaitable<void> send_events(Stream& stream, EventStream& events) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto wake = std::make_shared<asio::steady_timer>(io_);
    events.on_change([wake, self = this->shared_from_this()] {
      asio::post(self->io_, [wake] { wake->cancel(); });
    });
    for (;;) {
      EventStream::Taken taken = events.take();
      if (taken.bytes.empty()) {
        if (taken.ended) break;
        wake->expires_after(options_.heartbeat);
        error_code woken;
        co_await wake->async_wait(asio::redirect_error(asio::use_awaitable, woken));
        const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;  // the client has gone
        if (woken) continue;
        taken.bytes = ":\n\n";
      }
      stream.expires_after(options_.read_timeout);
      auto [failed, size] =
          co_await asio::async_write(stream, asio::buffer(taken.bytes), use_tuple);
      if (failed) break;
    }
    events.on_change({});
  }

  void begin_stop() {
    stopping_ = true;
    error_code ignored;
    static_cast<void>(tcp_.close(ignored));
    static_cast<void>(unix_.close(ignored));
    for (Open& one : open_) {
      if (!one.answering) one.close();
    }
    drain_.expires_after(options_.drain_timeout);
    drain_.async_wait([this](error_code failed) {
      if (!failed) io_.stop();
    });
    finish_if_still();
  }

  void finish_if_still() {
    if (stopping_ && open_.empty()) drain_.cancel();
  }

  HttpServerOptions options_;
  HttpHandler handler_;
  asio::io_context io_{1};
  Tcp::acceptor tcp_{io_};
  Unix::acceptor unix_{io_};
  asio::steady_timer drain_{io_};
  std::list<Open> open_;
  std::uint16_t port_ = 0;
  std::size_t waiting_ = 0;
  bool stopping_ = false;
  asio::thread_pool pool_;
  std::jthread thread_;
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options,
                                                      HttpHandler handler) {
  auto loop = std::make_shared<Loop>(std::move(options), std::move(handler));
  MBE_TRY(loop->bind());
  loop->run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(loop)));
}

HttpServer::~HttpServer() {
  try {
    stop();
  } catch (const std::exception&) {  // out of memory while closing: the process ends anyway
  }
}

std::uint16_t HttpServer::port() const {
  return loop_->port();
}

void HttpServer::stop() {
  loop_->stop();
}

}  // namespace mbe
