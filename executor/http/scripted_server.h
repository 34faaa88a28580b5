// A TCP server for tests that says exactly what a script tells it, byte by byte: what a real web
// server would never send.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace syncline::executor {

// One accepted connection; used by its script alone.
class ScriptedConnection {
 public:
  explicit ScriptedConnection(int socket) : socket_(socket) {}

  // The next request up to and with its empty line; empty when the client has closed.
  std::string ReadRequest();
  // False when the client has closed.
  bool Send(std::string_view bytes);
  // Waits until the client closes.
  void WaitForClose();

 private:
  const int socket_;
};

// Runs `script` once for each connection, on a thread of its own, and closes the connection when it
// returns. Listens on a free port of 127.0.0.1.
class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedConnection&)>;

  explicit ScriptedServer(Script script);
  // Closes all connections and waits for the scripts.
  ~ScriptedServer();

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  int connections() const;

 private:
  void Accept();

  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> scripts_;
  std::thread acceptor_;
};

// A whole answer with a Content-Length.
std::string Answer(std::string_view body, std::string_view headers = "",
                   std::string_view status = "200 OK");

}  // namespace syncline::executor
