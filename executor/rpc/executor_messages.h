// The executor's plain values to messages of the internal API, and back.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/crypto/process_identity.h"
#include "executor/core/assignment.h"
#include "executor/core/check.h"
#include "executor/core/report_queue.h"
#include "syncline/internal/v1/executor_service.pb.h"

namespace syncline::executor {

// Says of which process a request is, and proves it.
template <typename Request>
void SetProcess(Request& request, const crypto::ProcessIdentity& process) {
  const std::string_view secret = process.secret.Reveal();
  request.set_process_id(process.id);
  request.set_process_secret(secret.data(), secret.size());
}

Assignment FromProto(const internal::v1::Assignment& message);
internal::v1::RunReport ToProto(const RunReport& report);

CheckOrder FromProto(const internal::v1::Check& message);
// Without process and check id.
internal::v1::ReportCheckRequest ToProto(const CheckAnswer& answer);

// The orders of an answer by fence, without those that were applied, as almost all are. A kind that
// this release does not know counts as applied.
std::map<std::string, Order> OrdersOf(const internal::v1::ReportResponse& response);

}  // namespace syncline::executor
