// A private PostgreSQL cluster of one test process, and a fresh migrated database for each test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/postgres/connection.h"
#include "common/postgres/pool.h"
#include "tests/support/child_process.h"

namespace syncline::testing {

struct ClusterOptions {
  // fsync. Tests that kill the server kill a process, not the machine: they need none.
  bool durable = false;
  // "name=value"; on top of the cluster's own, which they replace.
  std::vector<std::string> settings = {};
};

class TestCluster {
 public:
  // The process's cluster, started with the first call and stopped with the process.
  static TestCluster& Get();

  // A cluster of one's own, for tests that stop and start it.
  explicit TestCluster(ClusterOptions options = {});
  ~TestCluster();

  // The URL of a new database: migrated, or empty.
  std::string NewDatabase();
  std::string NewEmptyDatabase();

  // Restarts the server after Stop or Kill, on the same port and data.
  void Start();
  void Stop(int signal_number);  // SIGINT: fast, SIGQUIT: immediate, SIGKILL: a crash
  int port() const { return port_; }
  // Processor time of the server so far: of all its processes, also of those that have ended.
  double ProcessorSeconds() const { return server_->FamilyProcessorSeconds(); }
  // What the server says; `log_min_messages` is warning.
  std::string log_file() const { return directory_ + "/server.log"; }

 private:
  void Launch();
  std::string Create(const std::string& how);
  postgres::ConnectionOptions Admin() const;

  const ClusterOptions options_;
  std::string directory_;
  int port_;
  int databases_ = 0;
  bool template_made_ = false;
  std::unique_ptr<ChildProcess> server_;
};

// A session on `url`; ends the test process when there is none.
std::unique_ptr<postgres::Connection> OpenOrDie(const std::string& url);

// A login of the server that is a member of `role` alone, made when it is not there; its name.
std::string LoginAs(postgres::Connection& superuser, const std::string& role);

// Runs a statement without parameters and returns its rows; ends the test process when it fails.
postgres::Result QueryOrDie(postgres::Connection& connection, const std::string& sql);
// The first column of the first row as a number.
std::int64_t QueryInt(postgres::Connection& connection, const std::string& sql);

}  // namespace syncline::testing
