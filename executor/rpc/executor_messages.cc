#include "executor/rpc/executor_messages.h"

#include "common/rpc/proto_time.h"

namespace syncline::executor {
namespace {

using internal::v1::Directive;

Order FromProto(Directive::Kind kind) {
  switch (kind) {
    case Directive::BUSY:
      return Order::kBusy;
    case Directive::STOP:
      return Order::kStop;
    case Directive::LEASE_LOST:
      return Order::kLeaseLost;
    case Directive::ALREADY_DONE:
      return Order::kAlreadyDone;
    case Directive::RESUME:
      return Order::kResume;
    default:
      return Order::kApplied;
  }
}

RunState FromProto(const internal::v1::RunState& message) {
  RunState state{.page_seq = message.page_seq(), .complete = message.complete()};
  for (const auto& [stream, checkpoint] : message.checkpoints()) {
    state.checkpoints[stream] = {.definition_hash = checkpoint.definition_hash(),
                                 .cursor_json = checkpoint.cursor_json(),
                                 .done = checkpoint.done(),
                                 .unclosed = checkpoint.unclosed()};
  }
  return state;
}

void SetFinished(const RunReport& report, internal::v1::Finished* finished) {
  const bool success = report.error_class.empty();
  finished->set_status(success ? "SUCCESS" : "FAILED");
  finished->set_page_seq(report.page_seq);
  finished->set_nothing_left(report.nothing_left);
  finished->set_error_class(report.error_class);
  finished->set_error_message(report.error_message);
  finished->set_http_status(report.http_status);
}

}  // namespace

Assignment FromProto(const internal::v1::Assignment& message) {
  Assignment assignment;
  assignment.sequence = message.sequence();
  assignment.key = {message.integration_id(), message.log_id(), message.fence()};
  assignment.run_id = message.run_id();
  assignment.tenant_id = message.tenant_id();
  assignment.attempt = message.attempt();
  assignment.epoch = message.epoch();
  assignment.type = message.type();
  assignment.config_json = message.config_json();
  assignment.sealed_credentials = {message.sealed_credentials().begin(),
                                   message.sealed_credentials().end()};
  assignment.lease = rpc::FromProto(message.lease());
  assignment.remaining = rpc::FromProto(message.remaining());
  assignment.dispatch_limit = rpc::FromProto(message.dispatch_limit());
  assignment.alone = message.alone();
  if (message.has_state()) assignment.state = FromProto(message.state());
  assignment.takes_nothing_left = message.takes_nothing_left();
  return assignment;
}

internal::v1::RunReport ToProto(const RunReport& report) {
  internal::v1::RunReport message;
  message.set_integration_id(report.key.integration_id);
  message.set_log_id(report.key.log_id);
  message.set_fence(report.key.fence);
  switch (report.kind) {
    case RunReport::Kind::kHeartbeat:
      message.mutable_heartbeat();
      break;
    case RunReport::Kind::kAccepted:
      message.mutable_accepted();
      break;
    case RunReport::Kind::kFinished:
      SetFinished(report, message.mutable_finished());
      break;
    case RunReport::Kind::kParked:
      *message.mutable_parked()->mutable_delay() = rpc::ToProto(report.delay);
      message.mutable_parked()->set_detail(report.detail);
      break;
    case RunReport::Kind::kReturned:
      message.mutable_returned();
      break;
    case RunReport::Kind::kRefused:
      message.mutable_refused()->set_reason(report.detail);
      break;
  }
  return message;
}

CheckOrder FromProto(const internal::v1::Check& message) {
  CheckOrder order;
  order.id = message.check_id();
  order.owner_id = message.owner_id();
  order.type = message.type();
  order.config_json = message.config_json();
  order.sealed_credentials = {message.sealed_credentials().begin(),
                              message.sealed_credentials().end()};
  order.stream = message.stream();
  order.tenant_id = message.tenant_id();
  order.limit = rpc::FromProto(message.limit());
  return order;
}

internal::v1::ReportCheckRequest ToProto(const CheckAnswer& answer) {
  internal::v1::ReportCheckRequest message;
  if (!answer.refused.empty()) {
    message.mutable_refused()->set_reason(answer.refused);
    return message;
  }
  internal::v1::CheckedPage& page = *message.mutable_page();
  page.set_error_class(answer.page.error_class);
  page.set_error_message(answer.page.error_message);
  page.set_http_status(answer.page.http_status);
  *page.mutable_latency() = rpc::ToProto(answer.page.latency);
  page.mutable_records_json()->Assign(answer.page.records.begin(), answer.page.records.end());
  page.set_fetched(answer.page.fetched);
  page.set_rejected(answer.page.rejected);
  return message;
}

std::map<std::string, Order> OrdersOf(const internal::v1::ReportResponse& response) {
  std::map<std::string, Order> orders;
  for (const Directive& directive : response.directives()) {
    const Order order = FromProto(directive.kind());
    if (order != Order::kApplied) orders.emplace(directive.fence(), order);
  }
  return orders;
}

}  // namespace syncline::executor
