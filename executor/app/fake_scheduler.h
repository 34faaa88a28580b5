// A scheduler for tests: real gRPC, no database. It hands out what a test tells it to, and keeps
// what is reported.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/rpc/server.h"
#include "syncline/internal/v1/executor_service.grpc.pb.h"

namespace syncline::executor {

class FakeScheduler final : public internal::v1::ExecutorService::Service {
 public:
  using Event = internal::v1::RunReport::EventCase;
  using Order = internal::v1::Directive::Kind;

  explicit FakeScheduler(absl::Duration lease);
  ~FakeScheduler() override;

  std::string address() const;

  void Assign(internal::v1::Assignment assignment);
  void SendStop(const std::string& fence);
  void SendCheck(internal::v1::Check check);
  // Ends the present stream.
  void CutStream();
  // What every report about this fence is answered with.
  void SetOrder(const std::string& fence, Order order);
  // While deaf, reports are answered with UNAVAILABLE.
  void SetDeaf(bool deaf);

  // Waits for a report and returns it; fails the test after half a minute.
  internal::v1::RunReport WaitFor(const std::string& fence, Event event);
  // Waits until this many answers to checks have met a deaf scheduler.
  void WaitForDeafCheckCalls(int calls);
  // Waits for the answer to a check.
  internal::v1::ReportCheckRequest WaitForCheck(const std::string& check_id);
  // Waits for a complete report, sent after this call, that does not name the fence.
  void WaitUntilNotHeld(const std::string& fence);
  void WaitForStreams(int streams);

  // Of all streams so far.
  std::vector<internal::v1::StreamAssignmentsRequest> hellos();
  // Reports of this kind about this fence that were answered.
  int Count(const std::string& fence, Event event);
  int deaf_calls();
  bool saw_draining();
  std::int64_t refused_writes();

 private:
  grpc::Status StreamAssignments(
      grpc::ServerContext* context, const internal::v1::StreamAssignmentsRequest* request,
      grpc::ServerWriter<internal::v1::StreamAssignmentsResponse>* writer) override;
  grpc::Status Report(grpc::ServerContext* context, const internal::v1::ReportRequest* request,
                      internal::v1::ReportResponse* response) override;
  grpc::Status ReportCheck(grpc::ServerContext* context,
                           const internal::v1::ReportCheckRequest* request,
                           internal::v1::ReportCheckResponse* response) override;
  template <typename Condition>
  bool Await(std::unique_lock<std::mutex>& lock, Condition condition);

  const absl::Duration lease_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<internal::v1::StreamAssignmentsResponse> outgoing_;
  std::vector<internal::v1::StreamAssignmentsRequest> hellos_;
  std::vector<internal::v1::ReportRequest> reports_;
  std::map<std::string, internal::v1::ReportCheckRequest> checks_;  // by id
  std::map<std::string, Order> orders_;
  std::int64_t sequence_ = 0;
  int stream_ = 0;  // the present one; 0 for none wanted
  int deaf_calls_ = 0;
  int deaf_check_calls_ = 0;
  bool deaf_ = false;
  bool ending_ = false;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace syncline::executor
