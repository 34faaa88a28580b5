// A TCP proxy before PostgreSQL that reads the protocol as it passes, so that a test can cut a
// connection exactly between a statement's commit and its answer, or before the statement got
// there, or stop forwarding without a word, as a middlebox does.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace syncline::testing {

class GatedSession;

// Any thread. Sessions are unencrypted.
class TcpGate {
 public:
  enum class Cut {
    kAnswer,   // the statement is carried out, its answer is swallowed, both sides are closed
    kRequest,  // the statement never arrives; both sides are closed
  };

  // Listens on a free port of 127.0.0.1 and forwards to `server_port` there.
  explicit TcpGate(int server_port);
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  int port() const { return port_; }

  // Cuts at each of the next `times` executions of a statement whose text holds `text`, prepared or
  // not.
  void CutAt(const std::string& text, Cut cut, int times = 1);
  // How many executions were cut so far.
  int cuts() const;

  // While true, nothing is forwarded in either direction on any session, and none is closed; what
  // came meanwhile is forwarded after it.
  void SetBlackHole(bool on);

 private:
  friend class GatedSession;

  void Run();
  // Whether this execution is to be cut, and how; counts it.
  bool TakeCut(const std::string& statement, Cut* cut);

  int listener_ = -1;
  int wake_[2] = {-1, -1};  // a pipe that ends the wait
  int port_ = 0;
  const int server_port_;
  mutable std::mutex mutex_;
  std::string text_;
  Cut cut_ = Cut::kAnswer;
  int times_ = 0;
  int cuts_ = 0;
  bool black_hole_ = false;
  bool stopping_ = false;
  std::vector<std::unique_ptr<GatedSession>> sessions_;  // the thread's own
  std::thread thread_;
};

}  // namespace syncline::testing
