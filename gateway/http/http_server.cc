#include "gateway/http/http_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/tls/server_context.h"
#include "gateway/http/connection_stream.h"
#include "gateway/http/http_engine.h"
#include "gateway/http/listener.h"

namespace syncline::gateway {
namespace {

constexpr auto kRefusalTimeout = std::chrono::milliseconds(100);

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const HttpServerOptions& options, Listener listener, TlsContext tls, Handler handler,
       Refusal refusal)
      : options_(options),
        listener_(std::move(listener)),
        tls_(std::move(tls)),
        engine_(options, std::move(handler), std::move(refusal)),
        wake_(eventfd(0, EFD_CLOEXEC)),
        acceptor_([this] { Accept(); }) {}

  ~Impl() {
    Drain(absl::ZeroDuration());
    close(wake_);
  }

  void Drain(absl::Duration grace) {
    {
      std::unique_lock lock(mutex_);
      if (std::exchange(draining_, true)) return;
      // Those between two requests are not waited for.
      for (const auto& [socket, busy] : open_) {
        if (!busy) shutdown(socket, SHUT_RDWR);
      }
    }
    eventfd_write(wake_, 1);
    acceptor_.join();
    std::unique_lock lock(mutex_);
    const auto all_gone = [this] { return open_.empty(); };
    if (gone_.wait_for(lock, absl::ToChronoNanoseconds(grace), all_gone)) return;
    LogWarning("cutting connections", {{"connections", open_.size()}});
    for (const auto& [socket, busy] : open_) shutdown(socket, SHUT_RDWR);
    gone_.wait(lock, all_gone);
  }

  int port() const { return listener_.port(); }

  int connections() const {
    std::lock_guard lock(mutex_);
    return static_cast<int>(open_.size());
  }

 private:
  void Accept() {
    pollfd waited[] = {{listener_.socket(), POLLIN, 0}, {wake_, POLLIN, 0}};
    while (true) {
      if (poll(waited, 2, -1) < 0 && errno != EINTR) {
        LogError("the gateway's port cannot be waited on", {{"errno", errno}});
        return;
      }
      if (waited[1].revents != 0) return;
      const int socket =
          accept4(listener_.socket(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (socket >= 0) {
        Welcome(socket);
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // The connection stays in the queue; give those that are open a moment to end.
        LogWarning("a connection cannot be accepted", {{"errno", errno}});
        pollfd stop{wake_, POLLIN, 0};
        poll(&stop, 1, 100);
      }
    }
  }

  void Welcome(int socket) {
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    bool taken = false;
    {
      std::lock_guard lock(mutex_);
      if (!draining_ && static_cast<int>(open_.size()) < options_.max_connections) {
        open_[socket] = false;
        taken = true;
      }
    }
    if (!taken) {
      RefuseConnection(socket);
      close(socket);
      return;
    }
    try {
      std::thread([this, socket] { Run(socket); }).detach();
    } catch (const std::system_error& error) {
      LogError("no thread for a connection", {{"error", error.what()}});
      Forget(socket);
    }
  }

  // To agree on TLS first would hold up all others.
  void RefuseConnection(int socket) {
    if (tls_ != nullptr) return;
    ConnectionStream stream(socket, nullptr, kRefusalTimeout);
    engine_.Refuse(stream, 503, "TOO_MANY_CONNECTIONS",
                   "the gateway has as many connections as it takes; try again in a second");
  }

  void Run(int socket) {
    ServeRequests(socket);
    Forget(socket);
  }

  void ServeRequests(int socket) {
    ConnectionStream stream(socket, tls_.get(), absl::ToChronoMilliseconds(options_.write_timeout));
    if (!stream.Handshake(absl::ToChronoMilliseconds(options_.handshake_timeout))) return;
    for (int requests = 1; stream.AwaitRequest(IdleTimeout()); ++requests) {
      if (!SetBusy(socket, true)) break;
      const bool more = engine_.Serve(stream, requests == kMostRequests);
      if (!more) {
        stream.Linger();
        break;
      }
      if (!SetBusy(socket, false)) break;
    }
  }

  ConnectionStream::Clock::duration IdleTimeout() {
    const bool crowded = connections() * 4 >= options_.max_connections * 3;
    return absl::ToChronoMilliseconds(crowded ? options_.idle_timeout / 10 : options_.idle_timeout);
  }

  // False once the server drains: nothing new is begun.
  bool SetBusy(int socket, bool busy) {
    std::lock_guard lock(mutex_);
    open_[socket] = busy;
    return !draining_;
  }

  // The last that a connection's thread does with this object.
  void Forget(int socket) {
    std::lock_guard lock(mutex_);
    close(socket);
    open_.erase(socket);
    gone_.notify_all();
  }

  const HttpServerOptions options_;
  const Listener listener_;
  const TlsContext tls_;  // null: without
  HttpEngine engine_;
  mutable std::mutex mutex_;
  std::condition_variable gone_;
  std::map<int, bool> open_;  // sockets, and whether a request is under way
  bool draining_ = false;
  const int wake_;  // ends the acceptor's wait
  std::thread acceptor_;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options,
                                                              Handler handler, Refusal refusal) {
  auto listener = Listener::Open(options.address);
  if (!listener.ok()) return listener.status();
  TlsContext context;
  if (options.identity != nullptr) {
    context.reset(SSL_CTX_new(TLS_server_method()));
    if (!tls::SetUpServerContext(context.get(), options.identity.get()))
      return MakeStatus(absl::StatusCode::kInternal, "OpenSSL cannot serve TLS");
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::make_unique<Impl>(
      options, *std::move(listener), std::move(context), std::move(handler), std::move(refusal))));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;
void HttpServer::Drain(absl::Duration grace) { impl_->Drain(grace); }
int HttpServer::port() const { return impl_->port(); }
int HttpServer::connections() const { return impl_->connections(); }

}  // namespace syncline::gateway
