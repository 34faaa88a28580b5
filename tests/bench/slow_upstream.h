// An upstream at several origins that holds every request for a while before it answers with two
// records. One thread serves all connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"

namespace syncline::bench {

class SlowUpstream {
 public:
  SlowUpstream(int origins, absl::Duration delay);
  ~SlowUpstream();

  // "http://127.0.0.1:PORT" of each origin.
  const std::vector<std::string>& urls() const { return urls_; }
  std::int64_t answered() const { return answered_; }
  // Requests that wait for their answers now.
  std::int64_t held() const { return held_; }

 private:
  struct Connection {
    std::int64_t number = 0;  // a file descriptor comes back, a number never does
    std::string request;
  };
  struct Held {
    absl::Time until;
    int socket;
    std::int64_t connection;
  };
  void Serve();
  void Read(int socket);
  void AnswerThoseInTime();
  void Close(int socket);

  const absl::Duration delay_;
  std::vector<std::string> urls_;
  std::vector<int> listeners_;
  int events_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> answered_ = 0;
  std::atomic<std::int64_t> held_ = 0;
  // Of the thread alone:
  std::map<int, Connection> connections_;
  std::int64_t accepted_ = 0;
  std::deque<Held> queue_;  // in the order of `until`, since all wait equally long
  std::thread thread_;
};

}  // namespace syncline::bench
