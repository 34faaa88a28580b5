// What the engine's tests share: a database, a scheduler, an API and an engine between them, all
// real but the scheduler.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/http/metrics.h"
#include "executor/app/fake_scheduler.h"
#include "executor/app/run_engine.h"
#include "tests/support/test_cluster.h"

namespace httplib {
class Server;
}

namespace syncline::executor {

// An API of pages: what each target (path and query) answers, and which targets hang until they are
// released.
class FakeApi {
 public:
  struct Answer {
    int status = 200;
    std::string body = {};
    std::string content_type = "application/json";
    std::map<std::string, std::string> headers = {};
  };

  FakeApi();
  ~FakeApi();

  std::string url() const;
  void Set(const std::string& target, Answer answer);
  // `target` does not answer until Release.
  void Hold(const std::string& target);
  void Release(const std::string& target);
  // Waits until a target was asked for this many times in all.
  void WaitForRequests(const std::string& target, int count);
  int Requests(const std::string& target);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Answer> answers_;
  std::map<std::string, int> requests_;
  std::set<std::string> held_;
  bool ending_ = false;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

class EngineTest : public ::testing::Test {
 public:
  ~EngineTest() override;

 protected:
  // `url`: a database of one's own instead of a new one of the test cluster.
  explicit EngineTest(absl::Duration lease = absl::Seconds(30), const std::string& url = "");

  // Makes the engine and waits until it is ready.
  void StartEngine(int slots = 8);

  // The assignment of a new integration with a CLAIMED live row. `streams`: the JSON array of the
  // config.
  internal::v1::Assignment NewAssignment(const std::string& streams);
  // The same integration, claimed again under a new fence.
  internal::v1::Assignment ClaimAgain(const internal::v1::Assignment& assignment);

  // Waits until the run's first page is committed and `second`, the target of the next, was asked
  // for; the one does not wait for the other.
  void WaitUntilBetweenPages(const internal::v1::Assignment& assignment, const std::string& second);

  // One column of the integration's live row, as text; several as a row.
  std::string Live(const internal::v1::Assignment& assignment, const std::string& columns);
  std::string Records(const internal::v1::Assignment& assignment);
  // Waits until the scrape has this line.
  void WaitForMetric(const std::string& line);

  const std::string url_;
  std::unique_ptr<postgres::Connection> connection_;
  FakeApi api_;
  FakeScheduler scheduler_;
  Metrics metrics_{"syncline_executor"};
  std::unique_ptr<RunEngine> engine_;
};

// Streams of the config: a snapshot over pages by cursor, and an incremental one of a single page.
extern const char kItems[];
extern const char kItemsAndEvents[];

}  // namespace syncline::executor
