// Clients of a gateway's REST API and of its events.
#pragma once

#include <httplib.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/stack.h"

namespace syncline::testing {

struct RestAnswer {
  int status = 0;  // 0: none came
  nlohmann::json body;
  httplib::Headers headers;

  std::string Header(const std::string& name) const;
};

// A request with a JSON body ("" for none), on a connection of its own.
RestAnswer CallRest(const Program& gateway, const std::string& method, const std::string& target,
                    const std::string& body = "", const httplib::Headers& headers = {});

// Listens to /api/events on a thread of its own, as a browser does: the picture that it keeps is
// what it was told.
class EventClient {
 public:
  // `query` as in "?integrationId=…".
  EventClient(const Program& gateway, const std::string& query, httplib::Headers headers = {});
  ~EventClient();
  EventClient(const EventClient&) = delete;
  EventClient& operator=(const EventClient&) = delete;

  std::map<std::string, nlohmann::json> picture();
  std::vector<std::string> events();  // their names, in order
  std::string last_event_id();
  std::string error();  // the body of an answer that is no stream
  // Waits until `matches` holds for the picture and the names of the events so far.
  void Await(const std::string& what,
             const std::function<bool(const std::map<std::string, nlohmann::json>&,
                                      const std::vector<std::string>&)>& matches);
  // Whether the stream has ended.
  bool ended() const { return ended_; }
  void Stop();

 private:
  void Take(const std::string& event);

  httplib::Client client_;
  std::mutex mutex_;
  std::string text_;  // that is no whole event yet
  std::map<std::string, nlohmann::json> picture_;
  std::vector<std::string> events_;
  std::string last_event_id_;
  std::string error_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace syncline::testing
