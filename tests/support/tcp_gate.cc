#include "tests/support/tcp_gate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/support/pg_messages.h"

namespace syncline::testing {
namespace {

constexpr std::size_t kMostBuffered = 1 << 20;  // a side that does not read holds up the other one

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "tcp gate: %s\n", what.c_str());
  std::abort();
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

void Prepare(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

// A socket to the server; -1 when it refuses.
int Connect(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(socket);
    return -1;
  }
  return socket;
}

}  // namespace

// One client and its session with the server. The gate's thread only.
class GatedSession {
 public:
  GatedSession(TcpGate* gate, int client, int server)
      : gate_(*gate), client_(client), server_(server) {
    Prepare(client_);
    Prepare(server_);
  }
  ~GatedSession() {
    close(client_);
    close(server_);
  }
  GatedSession(const GatedSession&) = delete;
  GatedSession& operator=(const GatedSession&) = delete;

  pollfd ClientPoll() const { return Poll(client_, to_client_, to_server_); }
  pollfd ServerPoll() const { return Poll(server_, to_server_, to_client_); }

  // Moves what can be moved; false when the session is over.
  bool Move(const pollfd& client, const pollfd& server) {
    if ((client.revents & ~POLLOUT) != 0 && !ReadClient()) return false;
    if ((server.revents & ~POLLOUT) != 0 && !ReadServer()) return false;
    return Write(client_, to_client_) && Write(server_, to_server_);
  }

 private:
  static pollfd Poll(int socket, const std::string& outgoing, const std::string& incoming) {
    short events = outgoing.empty() ? 0 : POLLOUT;
    if (incoming.size() < kMostBuffered) events |= POLLIN;
    return {socket, events, 0};
  }

  // Appends what has come; false at the end.
  static bool Read(int socket, std::string* bytes) {
    std::array<char, 65536> buffer;
    const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    bytes->append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }

  static bool Write(int socket, std::string& bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
      bytes.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
  }

  bool ReadClient() {
    std::string bytes;
    if (!Read(client_, &bytes)) {
      Write(server_, to_server_);
      return false;
    }
    requests_.Feed(bytes);
    while (auto message = requests_.Next()) {
      if (!swallowing_) {
        const std::string statement = Executed(*message);
        TcpGate::Cut cut;
        if (!statement.empty() && gate_.TakeCut(statement, &cut)) {
          if (cut == TcpGate::Cut::kRequest) return false;
          swallowing_ = true;
        }
      }
      to_server_ += message->bytes;
    }
    return true;
  }

  bool ReadServer() {
    std::string bytes;
    if (!Read(server_, &bytes)) {
      Write(client_, to_client_);
      return false;
    }
    if (!swallowing_) {
      to_client_ += bytes;
      return true;
    }
    // The cut began between two answers, so these bytes begin with a message. ReadyForQuery comes
    // after the commit.
    answers_.Feed(bytes);
    while (auto message = answers_.Next()) {
      if (message->type == 'Z') return false;
    }
    return true;
  }

  // The text of the statement that a message carries out; empty for other messages.
  std::string Executed(const PgMessage& message) {
    std::size_t at = 0;
    if (message.type == 'Q') return std::string(TakeText(message.body(), &at));
    if (message.type == 'P') {
      const std::string name(TakeText(message.body(), &at));
      prepared_[name] = TakeText(message.body(), &at);
    } else if (message.type == 'B') {
      TakeText(message.body(), &at);  // the portal
      return prepared_[std::string(TakeText(message.body(), &at))];
    }
    return "";
  }

  TcpGate& gate_;
  const int client_;
  const int server_;
  std::string to_client_;
  std::string to_server_;
  PgMessages requests_{/*starts_untyped=*/true};
  PgMessages answers_{/*starts_untyped=*/false};
  std::map<std::string, std::string> prepared_;
  bool swallowing_ = false;
};

TcpGate::TcpGate(int server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      listen(listener_, 256) != 0 || pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) {
    Die("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

TcpGate::~TcpGate() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (write(wake_[1], "x", 1) != 1) Die("the pipe is full");
  thread_.join();
  close(listener_);
  close(wake_[0]);
  close(wake_[1]);
}

void TcpGate::CutAt(const std::string& text, Cut cut, int times) {
  std::lock_guard lock(mutex_);
  text_ = text;
  cut_ = cut;
  times_ = times;
}

int TcpGate::cuts() const {
  std::lock_guard lock(mutex_);
  return cuts_;
}

void TcpGate::SetBlackHole(bool on) {
  {
    std::lock_guard lock(mutex_);
    black_hole_ = on;
  }
  if (write(wake_[1], "x", 1) != 1) Die("the pipe is full");
}

bool TcpGate::TakeCut(const std::string& statement, Cut* cut) {
  std::lock_guard lock(mutex_);
  if (times_ == 0 || statement.find(text_) == std::string::npos) return false;
  --times_;
  ++cuts_;
  *cut = cut_;
  return true;
}

void TcpGate::Run() {
  while (true) {
    bool hole = false;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) break;
      hole = black_hole_;
    }
    std::vector<pollfd> polls = {{wake_[0], POLLIN, 0}};
    if (!hole) {
      polls.push_back({listener_, POLLIN, 0});
      for (const auto& session : sessions_) {
        polls.push_back(session->ClientPoll());
        polls.push_back(session->ServerPoll());
      }
    }
    if (poll(polls.data(), polls.size(), -1) < 0) continue;
    std::array<char, 64> woken;
    while (read(wake_[0], woken.data(), woken.size()) > 0) continue;
    if (hole) continue;
    std::size_t at = 2;
    std::erase_if(sessions_, [&](const auto& session) {
      const pollfd& client = polls[at++];
      const pollfd& server = polls[at++];
      return !session->Move(client, server);
    });
    if ((polls[1].revents & POLLIN) == 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = Connect(server_port_);
    if (server < 0) {
      close(client);
    } else {
      sessions_.push_back(std::make_unique<GatedSession>(this, client, server));
    }
  }
  sessions_.clear();
}

}  // namespace syncline::testing
