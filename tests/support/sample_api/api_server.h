// The sample API as a server in this process. README.md documents its endpoints.
#pragma once

#include <httplib.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "tests/support/sample_api/fault_table.h"
#include "tests/support/sample_api/gates.h"
#include "tests/support/sample_api/ledger.h"
#include "tests/support/sample_api/record_list.h"

namespace syncline::sample_api {

struct Options {
  std::string host = "127.0.0.1";
  int port = 0;  // 0 picks a free one
  std::string iso_dir = "/usr/share/iso-codes/json";
  std::string api_key = "sample-key";
  std::string token = "sample-token";
  std::string user = "sample";
  std::string password = "sample-password";
};

// Everything that the routes share; each member is thread-safe.
struct State {
  explicit State(Options options);

  const Options options;
  RecordList languages;
  RecordList subdivisions;
  RecordList countries;
  FaultTable faults;
  Gates gates;
  Ledger ledger;
  std::atomic<bool> stopping = false;
};

// Registers routes. Data routes are noted in the ledger and subject to gates and faults.
class Routes {
 public:
  using Handler = httplib::Server::Handler;

  // Both outlive this object and its routes.
  Routes(httplib::Server& server, State& state);

  // Routes of the data; `pattern` is a regular expression of the path.
  void Get(const std::string& pattern, Handler handler);
  void Post(const std::string& pattern, Handler handler);

  httplib::Server& server;
  State& state;

 private:
  Handler WithFaults(Handler handler);

  std::function<bool()> stopping_;
};

void AddListRoutes(Routes& routes);       // pages, cursors, offsets, next URLs
void AddCountriesRoutes(Routes& routes);  // Link headers, GraphQL
void AddFlakyRoutes(Routes& routes);      // upstreams that always fail, sometimes fail, limit
void AddAdminRoutes(Routes& routes);      // changes, faults, gates, ledger

class ApiServer {
 public:
  // Reads the lists, listens and serves until Stop or the end of this object. Errors: NOT_FOUND
  // when a list cannot be read, UNAVAILABLE when the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<ApiServer>> Start(Options options);

  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // "host:port" it listens on.
  std::string address() const;

  // Ends held requests, closes connections and waits for the threads.
  void Stop();

 private:
  class Listener;

  explicit ApiServer(Options options);

  State state_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Routes> routes_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace syncline::sample_api
