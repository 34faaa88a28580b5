#include "scheduler/app/report_batch.h"

#include <algorithm>

#include "common/base/mutant.h"
#include "common/rpc/proto_time.h"

namespace syncline::scheduler {
namespace {

using internal::v1::Directive;
using internal::v1::ReportRequest;
using internal::v1::ReportResponse;
using internal::v1::RunReport;

int Strength(const RunReport& report) {
  switch (report.event_case()) {
    case RunReport::kFinished:
      return 3;
    case RunReport::kParked:
    case RunReport::kReturned:
    case RunReport::kRefused:
      return 2;
    default:
      return 1;
  }
}

RunRef Ref(const RunReport& report, const std::string& process_id) {
  return {report.integration_id(), report.log_id(), report.fence(), process_id};
}

FinishEvent ToFinish(const RunReport& report, const std::string& process_id) {
  const auto& finished = report.finished();
  FinishEvent event;
  event.run = Ref(report, process_id);
  event.success = finished.status() == "SUCCESS";
  event.page_seq = finished.page_seq();
  event.nothing_left = finished.nothing_left();
  event.http_status = finished.http_status();
  if (!event.success) {
    const auto error_class = ParseErrorClass(finished.error_class());
    event.error_class = ErrorClassName(error_class.value_or(ErrorClass::kInternal));
    event.error_message = finished.error_message();
  }
  return event;
}

ReleaseEvent ToRelease(const RunReport& report, const std::string& process_id) {
  ReleaseEvent event;
  event.run = Ref(report, process_id);
  if (report.has_parked()) {
    event.kind = ReleaseKind::kPark;
    event.delay =
        std::clamp(rpc::FromProto(report.parked().delay()), absl::ZeroDuration(), absl::Hours(24));
    event.detail = report.parked().detail();
  } else if (report.has_refused()) {
    event.kind = ReleaseKind::kRefuse;
    event.detail = report.refused().reason();
  }
  return event;
}

// What an executor must do about a fence that no statement found.
Directive::Kind Gone(const RunReport& report, const FenceFate& fate) {
  if (fate.held) return Directive::BUSY;
  if (fate.ended_status) return report.has_finished() ? Directive::ALREADY_DONE : Directive::STOP;
  return Directive::LEASE_LOST;
}

Directive::Kind Order(const RunReport& report, const ReportOutcomes& outcomes) {
  const std::string& fence = report.fence();
  if (const auto finished = outcomes.finished.find(fence); finished != outcomes.finished.end()) {
    if (finished->second == FinishOutcome::kEnded) return Directive::APPLIED;
    if (finished->second == FinishOutcome::kResume) return Directive::RESUME;
  } else if (const auto released = outcomes.released.find(fence);
             released != outcomes.released.end()) {
    if (released->second) return Directive::APPLIED;
  } else if (const auto renewed = outcomes.renewed.find(fence); renewed != outcomes.renewed.end()) {
    if (renewed->second) return Directive::APPLIED;
  }
  const auto fate = outcomes.fates.find(fence);
  return Gone(report, fate == outcomes.fates.end() ? FenceFate{} : fate->second);
}

}  // namespace

bool BatchMembers::Admit(const ReportRequest& request) {
  for (const RunReport& report : request.reports()) {
    const auto [known, is_new] = processes_.try_emplace(report.fence(), request.process_id());
    if (!is_new && known->second != request.process_id()) return MUTANT("batch_mixes_processes");
  }
  return true;
}

ReportBatch SortReports(const std::vector<const ReportRequest*>& requests) {
  absl::flat_hash_map<std::string_view, const RunReport*> strongest;  // by fence
  for (const ReportRequest* request : requests) {
    for (const RunReport& report : request->reports()) {
      const RunReport*& known = strongest[report.fence()];
      if (known == nullptr || Strength(report) > Strength(*known)) known = &report;
    }
  }
  ReportBatch batch;
  for (const ReportRequest* request : requests) {
    const std::string& process_id = request->process_id();
    for (const RunReport& report : request->reports()) {
      if (strongest.at(report.fence()) != &report) continue;
      switch (Strength(report)) {
        case 3:
          batch.finishes.push_back(ToFinish(report, process_id));
          break;
        case 2:
          batch.releases.push_back(ToRelease(report, process_id));
          break;
        default:
          batch.renewals.push_back(Ref(report, process_id));
      }
    }
  }
  return batch;
}

ReportResponse Answer(const ReportRequest& request, const ReportOutcomes& outcomes,
                      absl::Duration lease) {
  ReportResponse response;
  *response.mutable_lease() = rpc::ToProto(lease);
  for (const RunReport& report : request.reports()) {
    const Directive::Kind kind = Order(report, outcomes);
    // Going on is the rule and needs no word.
    if (kind == Directive::APPLIED && Strength(report) == 1) continue;
    Directive& directive = *response.add_directives();
    directive.set_log_id(report.log_id());
    directive.set_fence(report.fence());
    directive.set_kind(kind);
    if (kind == Directive::ALREADY_DONE) {
      directive.set_recorded_status(outcomes.fates.at(report.fence()).ended_status.value_or(""));
    }
  }
  return response;
}

}  // namespace syncline::scheduler
