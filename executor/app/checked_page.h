// What a check shows of a page that was fetched. Pure.
#pragma once

#include <cstddef>

#include "executor/connectors/connector.h"
#include "executor/core/check.h"
#include "executor/core/sync_error.h"

namespace syncline::executor {

inline constexpr std::size_t kMostCheckedRecords = 10;
inline constexpr std::size_t kMostCheckedBytes = std::size_t{256} << 10;

// The counts, and the first records that fit into the two bounds; those that hold the value of one
// of `credentials` (of 4 bytes or more: shorter ones are found in every text) are left out. DATA,
// with the first reason, when a record would be rejected.
CheckedPage ShowPage(const Page& page, int http_status, const Credentials& credentials);

CheckedPage ShowError(const SyncError& error);

}  // namespace syncline::executor
