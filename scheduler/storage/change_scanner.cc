#include "scheduler/storage/change_scanner.h"

#include "common/base/status_macros.h"
#include "common/base/text_time.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {

using postgres::Params;
using postgres::Result;
using postgres::Row;

absl::StatusOr<ChangeScan> ChangeScanner::Scan(const ChangeCursor* before) {
  ChangeScan scan;
  RETURN_IF_ERROR(pool_.With([&](postgres::Connection& connection) -> absl::Status {
    // The clock first: what is committed while the statements below run is seen by the next look.
    ASSIGN_OR_RETURN(const Result clock, connection.Run(queries::kReadClock));
    scan.now = clock[0].Time("now").value_or(absl::UnixEpoch());
    ASSIGN_OR_RETURN(const Result live, connection.Run(queries::kScanLive));
    for (const Row row : live) {
      scan.live[{row.String("tenant_id"), row.String("integration_id")}] = {row.Int("digest"),
                                                                            row.Int("progress")};
    }
    std::optional<std::string> from;
    if (before != nullptr) from = FormatPostgresTime(before->since);
    ASSIGN_OR_RETURN(const Result events,
                     connection.Run(queries::kScanChanges, Params().AddOptional(from)));
    for (const Row row : events) {
      scan.AddEvent(row.Int("mark"), before, [&] {
        return IntegrationKey{row.String("tenant_id"), row.String("integration_id")};
      });
    }
    return absl::OkStatus();
  }));
  return scan;
}

}  // namespace syncline::scheduler
