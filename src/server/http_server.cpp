#include "server/http_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <list>
#include <thread>

#include "server/event_stream.h"
#include "server/http_reading.h"
#include "server/http_wire.h"
#include "server/http_writing.h"
#include "server/tls.h"

namespace mbe {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Unix = asio::local::stream_protocol;
/// Connections of either kind: what serves them is compiled for one type of stream.
using Any = asio::generic::stream_protocol;

/// For the other side to say that it, too, says no more.
constexpr std::chrono::seconds farewell{1};

constexpr std::size_t small_body_bytes = 65'536;
constexpr auto linger_timeout = std::chrono::seconds(2);

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

  void renew(std::shared_ptr<const TlsIdentity> tls) {
    asio::post(io_, [this, tls = std::move(tls)]() mutable {
      if (options_.tls) options_.tls = std::move(tls);
    });
  }

  void stop() {
    const std::lock_guard lock(stop_mutex_);  // who comes second waits, too
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { begin_stop(); });
    thread_.join();
    pool_.join();
    if (!options_.unix_path.empty()) ::unlink(options_.unix_path.c_str());
  }

 private:
  using Moment = std::chrono::steady_clock::time_point;

  /// A connection, as far as stopping it needs.
  struct Open {
    std::function<void()> close;
    Moment since = std::chrono::steady_clock::now();  ///< when it began to wait for a request
    bool waiting = true;     ///< for a request, or for what is left of a refused one
    bool answering = false;  ///< an answer that has an end
    bool closing = false;
  };
  using Place = std::list<Open>::iterator;
  /// Ends a wait of the loop, from a thread that may outlive it: the timer goes before the loop.
  struct Waker {
    std::shared_ptr<Loop> loop;
    std::shared_ptr<asio::steady_timer> timer;
    void operator()() const {
      asio::post(loop->io_, [wake = timer] { wake->cancel(); });
    }
  };

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
    constexpr bool is_local = std::is_same_v<typename Acceptor::protocol_type, Unix>;
    while (!stopping_) {
      auto [failed, socket] = co_await acceptor.async_accept(use_tuple);
      if (failed == asio::error::operation_aborted) co_return;
      if (failed) {  // out of file descriptors, or the other side has gone
        asio::steady_timer pause(io_, std::chrono::milliseconds(50));
        co_await pause.async_wait(use_tuple);
        continue;
      }
      if (open_.size() >= options_.connections_max && !make_room()) continue;  // closes it
      const Caller caller{peer_name(socket), is_local};
      // Events are small, and each is wanted at once.
      error_code kept;
      if constexpr (!is_local) static_cast<void>(socket.set_option(Tcp::no_delay(true), kept));
      asio::co_spawn(io_, serve(Any::socket(std::move(socket)), caller), asio::detached);
    }
  }

  /// Closes the connection that has been waiting for a request the longest: whoever holds many open
  /// and says nothing, or little at a time, keeps nobody else out. False if all are being answered.
  bool make_room() {
    Open* longest = nullptr;
    for (Open& one : open_) {
      if (!one.waiting || one.closing) continue;
      if (longest == nullptr || one.since < longest->since) longest = &one;
    }
    if (longest == nullptr) return false;
    longest->closing = true;
    longest->close();
    return true;
  }

  asio::awaitable<void> serve(Any::socket socket, Caller caller) {
    beast::basic_stream<Any> stream(std::move(socket));
    const Place place = open_.insert(open_.end(), Open{[&stream] { stream.cancel(); }});
    // What is not yet taken apart: a header, or a line between chunks.
    beast::flat_buffer buffer(2 * options_.header_bytes_max);
    if (options_.tls && !caller.is_local) {
      caller.is_tls = true;
      co_await serve_tls(stream, buffer, caller, place);
    } else {
      co_await converse(stream, buffer, caller, place);
    }
    error_code ignored;
    stream.socket().shutdown(asio::socket_base::shutdown_both, ignored);
    open_.erase(place);
    finish_if_still();
  }

  asio::awaitable<void> serve_tls(beast::basic_stream<Any>& plain, beast::flat_buffer& buffer,
                                  const Caller& caller, Place place) {
    const std::shared_ptr<const TlsIdentity> tls = options_.tls;
    plain.expires_after(options_.read_timeout);
    auto [failed, speaks_tls] = co_await beast::async_detect_ssl(plain, buffer, use_tuple);
    if (failed) co_return;
    if (!speaks_tls) {
      HttpResponse answer =
          plain_problem(400, ErrorCode::invalid_argument, "this port speaks TLS: use https://");
      static_cast<void>(co_await send(plain, answer, false, false));
      co_return;
    }
    SSL_CTX_up_ref(tls->context());
    asio::ssl::context context(tls->context());
    beast::ssl_stream<beast::basic_stream<Any>&> stream(plain, context);
    auto [refused, used] =
        co_await stream.async_handshake(asio::ssl::stream_base::server, buffer.data(), use_tuple);
    if (refused) co_return;
    buffer.consume(used);
    co_await converse(stream, buffer, caller, place);
    plain.expires_after(farewell);
    // What has no length of its own, such as a stream of events, is whole only with this.
    static_cast<void>(co_await stream.async_shutdown(use_tuple));
  }

  /// Request after request on one connection.
  template <class Stream>
  asio::awaitable<void> converse(Stream& stream, beast::flat_buffer& buffer, const Caller& caller,
                                 Place place) {
    bool keep = true;
    while (keep && !stopping_ && !place->closing) {
      Parser parser;
      parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max));
      parser.body_limit(options_.body_bytes_max);
      place->since = std::chrono::steady_clock::now();
      place->waiting = true;
      error_code failed = co_await begin_request(stream, buffer, options_.idle_timeout);
      expires_after(stream, options_.read_timeout);
      if (!failed) failed = co_await read_header(stream, buffer, parser);
      const Body body(*this, failed ? 0 : announced(parser));
      std::optional<HttpResponse> refused = failed ? std::nullopt : refuse(parser, body);
      if (!failed && !refused) failed = co_await read_body(stream, buffer, parser);
      if (failed == http::error::end_of_stream || is_of_system(failed) || place->closing) co_return;
      if (failed) refused = refusal(failed);
      const bool is_head = !failed && parser.get().method() == http::verb::head;
      keep = !refused && parser.get().keep_alive();
      place->waiting = false;
      place->answering = true;
      HttpResponse answer;
      if (refused) {
        answer = *refused;
      } else {
        const int socket = beast::get_lowest_layer(stream).socket().native_handle();
        answer = co_await answer_to(parser.release(), caller, socket);
      }
      keep = keep && !stopping_ && !answer.events;
      expires_after(stream, options_.read_timeout);
      const error_code sent = co_await send(stream, answer, keep, is_head);
      if (answer.events && !sent) {
        place->answering = !answer.events->is_endless();
        if (!is_head && !(stopping_ && answer.events->is_endless())) {
          using namespace asio::experimental::awaitable_operators;
          co_await (until_gone(stream) || tell(stream, *answer.events));
        }
      }
      if (answer.events) answer.events->leave();
      place->answering = false;
      if (sent) co_return;
      place->waiting = refused.has_value();
      if (refused && !stopping_) co_await linger(stream, linger_timeout);
    }
  }

  template <class Stream>
  static void expires_after(Stream& stream, std::chrono::seconds time) {
    beast::get_lowest_layer(stream).expires_after(time);
  }

  /// Counts a body among those that are being held, until its answer is made.
  class Body {
   public:
    Body(Loop& loop, std::size_t bytes) : loop_(loop), bytes_(bytes) {
      loop_.bodies_bytes_ += bytes_;
    }
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    ~Body() { loop_.bodies_bytes_ -= bytes_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

   private:
    Loop& loop_;
    const std::size_t bytes_;
  };

  /// How long the body may become.
  [[nodiscard]] std::size_t announced(const Parser& parser) const {
    if (parser.is_done()) return 0;
    const auto length = parser.content_length();
    return static_cast<std::size_t>(length ? *length : options_.body_bytes_max);
  }

  /// What is refused before its body has come. Small bodies always find room: there are no more of
  /// them than connections.
  std::optional<HttpResponse> refuse(const Parser& parser, const Body& body) const {
    if (auto out = unclear(parser.get(), parser.get().version())) return out;
    if (body.bytes() <= small_body_bytes || bodies_bytes_ <= options_.bodies_bytes_max) return {};
    return plain_busy("too many large bodies at once; try again");
  }

  asio::awaitable<HttpResponse> answer_to(http::request<http::string_body> given, Caller caller,
                                          int socket) {
    HttpRequest request;
    request.peer = std::move(caller.peer);
    request.is_local = caller.is_local;
    request.is_tls = caller.is_tls;
    request.has_left = [socket] { return has_closed(socket); };
    if (!read_head(given, request)) {
      co_return plain_problem(400, ErrorCode::invalid_argument, "this is not a path");
    }
    request.body = std::move(given.body());
    if (waiting_ >= options_.waiting_max) {
      co_return plain_busy("too many requests at once; try again");
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
  asio::awaitable<void> tell(Stream& stream, EventStream& events) {
    const auto wake = std::make_shared<asio::steady_timer>(io_);
    events.on_change(Waker{this->shared_from_this(), wake});
    co_await send_events(stream, events, *wake, options_.heartbeat, options_.read_timeout);
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
  std::size_t bodies_bytes_ = 0;
  bool stopping_ = false;
  asio::thread_pool pool_;
  std::mutex stop_mutex_;
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

void HttpServer::renew(std::shared_ptr<const TlsIdentity> tls) {
  loop_->renew(std::move(tls));
}

void HttpServer::stop() {
  loop_->stop();
}

}  // namespace mbe
