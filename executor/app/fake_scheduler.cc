#include "executor/app/fake_scheduler.h"

#include <gtest/gtest.h>

#include <utility>

#include "common/rpc/proto_time.h"

namespace syncline::executor {

using internal::v1::ReportRequest;
using internal::v1::ReportResponse;
using internal::v1::RunReport;
using internal::v1::StreamAssignmentsRequest;
using internal::v1::StreamAssignmentsResponse;

FakeScheduler::FakeScheduler(absl::Duration lease) : lease_(lease) {
  auto server = rpc::Server::Start({.address = "127.0.0.1:0"}, {this});
  if (!server.ok()) std::abort();
  server_ = std::move(server).value();
}

FakeScheduler::~FakeScheduler() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  server_->Shutdown(absl::Seconds(1));
}

std::string FakeScheduler::address() const {
  return "127.0.0.1:" + std::to_string(server_->port());
}

template <typename Condition>
bool FakeScheduler::Await(std::unique_lock<std::mutex>& lock, Condition condition) {
  return changed_.wait_for(lock, std::chrono::seconds(30), condition);
}

void FakeScheduler::Assign(internal::v1::Assignment assignment) {
  std::lock_guard lock(mutex_);
  assignment.set_sequence(++sequence_);
  *assignment.mutable_lease() = rpc::ToProto(lease_);
  StreamAssignmentsResponse message;
  *message.mutable_assignment() = std::move(assignment);
  outgoing_.push_back(std::move(message));
  changed_.notify_all();
}

void FakeScheduler::SendStop(const std::string& fence) {
  std::lock_guard lock(mutex_);
  StreamAssignmentsResponse message;
  message.mutable_stop()->set_fence(fence);
  message.mutable_stop()->set_reason("cancelled");
  outgoing_.push_back(std::move(message));
  changed_.notify_all();
}

void FakeScheduler::SendCheck(internal::v1::Check check) {
  std::lock_guard lock(mutex_);
  StreamAssignmentsResponse message;
  *message.mutable_check() = std::move(check);
  outgoing_.push_back(std::move(message));
  changed_.notify_all();
}

void FakeScheduler::CutStream() {
  std::lock_guard lock(mutex_);
  stream_ = 0;
  changed_.notify_all();
}

void FakeScheduler::SetOrder(const std::string& fence, Order order) {
  std::lock_guard lock(mutex_);
  orders_[fence] = order;
}

void FakeScheduler::SetDeaf(bool deaf) {
  std::lock_guard lock(mutex_);
  deaf_ = deaf;
}

RunReport FakeScheduler::WaitFor(const std::string& fence, Event event) {
  std::unique_lock lock(mutex_);
  RunReport found;
  const bool came = Await(lock, [&] {
    for (const ReportRequest& request : reports_) {
      for (const RunReport& report : request.reports()) {
        if (report.fence() != fence || report.event_case() != event) continue;
        found = report;
        return true;
      }
    }
    return false;
  });
  EXPECT_TRUE(came) << "no report of kind " << event;
  return found;
}

void FakeScheduler::WaitForDeafCheckCalls(int calls) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(Await(lock, [&] { return deaf_check_calls_ >= calls; }));
}

internal::v1::ReportCheckRequest FakeScheduler::WaitForCheck(const std::string& check_id) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(Await(lock, [&] { return checks_.contains(check_id); })) << "no answer to the check";
  return checks_[check_id];
}

void FakeScheduler::WaitUntilNotHeld(const std::string& fence) {
  std::unique_lock lock(mutex_);
  const std::size_t begin = reports_.size();
  EXPECT_TRUE(Await(lock, [&] {
    for (std::size_t i = begin; i < reports_.size(); ++i) {
      if (!reports_[i].complete()) continue;
      bool named = false;
      for (const RunReport& report : reports_[i].reports())
        named = named || report.fence() == fence;
      if (!named) return true;
    }
    return false;
  })) << "still held";
}

void FakeScheduler::WaitForStreams(int streams) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(Await(lock, [&] { return hellos_.size() >= static_cast<std::size_t>(streams); }));
}

std::vector<StreamAssignmentsRequest> FakeScheduler::hellos() {
  std::lock_guard lock(mutex_);
  return hellos_;
}

int FakeScheduler::Count(const std::string& fence, Event event) {
  std::lock_guard lock(mutex_);
  int count = 0;
  for (const ReportRequest& request : reports_) {
    for (const RunReport& report : request.reports()) {
      count += report.fence() == fence && report.event_case() == event ? 1 : 0;
    }
  }
  return count;
}

int FakeScheduler::deaf_calls() {
  std::lock_guard lock(mutex_);
  return deaf_calls_;
}

bool FakeScheduler::saw_draining() {
  std::lock_guard lock(mutex_);
  for (const ReportRequest& request : reports_) {
    if (request.draining()) return true;
  }
  return false;
}

std::int64_t FakeScheduler::refused_writes() {
  std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const ReportRequest& request : reports_) sum += request.refused_writes();
  return sum;
}

grpc::Status FakeScheduler::StreamAssignments(
    grpc::ServerContext* context, const StreamAssignmentsRequest* request,
    grpc::ServerWriter<StreamAssignmentsResponse>* writer) {
  std::unique_lock lock(mutex_);
  hellos_.push_back(*request);
  const int own = static_cast<int>(hellos_.size());
  stream_ = own;
  sequence_ = 0;
  changed_.notify_all();
  StreamAssignmentsResponse welcome;
  welcome.mutable_welcome()->set_scheduler_id("fake");
  *welcome.mutable_welcome()->mutable_lease() = rpc::ToProto(lease_);
  outgoing_.push_front(std::move(welcome));
  while (stream_ == own && !ending_ && !context->IsCancelled()) {
    if (outgoing_.empty()) {
      // Wakes to see that the client has gone.
      changed_.wait_for(lock, std::chrono::milliseconds(50));
      continue;
    }
    const StreamAssignmentsResponse message = std::move(outgoing_.front());
    outgoing_.pop_front();
    lock.unlock();
    writer->Write(message);
    lock.lock();
  }
  return {grpc::StatusCode::UNAVAILABLE, "the stream was cut"};
}

grpc::Status FakeScheduler::Report(grpc::ServerContext*, const ReportRequest* request,
                                   ReportResponse* response) {
  std::lock_guard lock(mutex_);
  if (deaf_) {
    ++deaf_calls_;
    return {grpc::StatusCode::UNAVAILABLE, "deaf"};
  }
  reports_.push_back(*request);
  *response->mutable_lease() = rpc::ToProto(lease_);
  for (const RunReport& report : request->reports()) {
    const auto order = orders_.find(report.fence());
    if (order == orders_.end()) continue;
    auto* directive = response->add_directives();
    directive->set_fence(report.fence());
    directive->set_log_id(report.log_id());
    directive->set_kind(order->second);
  }
  changed_.notify_all();
  return grpc::Status::OK;
}

grpc::Status FakeScheduler::ReportCheck(grpc::ServerContext*,
                                        const internal::v1::ReportCheckRequest* request,
                                        internal::v1::ReportCheckResponse*) {
  std::lock_guard lock(mutex_);
  if (deaf_) {
    ++deaf_check_calls_;
    changed_.notify_all();
    return {grpc::StatusCode::UNAVAILABLE, "deaf"};
  }
  checks_[request->check_id()] = *request;
  changed_.notify_all();
  return grpc::Status::OK;
}

}  // namespace syncline::executor
