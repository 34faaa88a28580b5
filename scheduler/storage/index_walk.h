// For statements that look again and again at all of `live` by an index that is mostly dead rows.
#pragma once

#include <string_view>

#include "common/postgres/pool.h"

namespace syncline::scheduler {

// Runs one statement that locks nothing (a scheduler that stands still would keep it locked) in a
// transaction of its own, whose plan walks indexes (walk_indexes.sql). The planner cannot be
// trusted with that: a table that was empty when it was looked at has plans for no row at all.
// `sql` as for Connection::Run, and run by no other way, since a session keeps its first plan.
absl::StatusOr<postgres::Result> RunWalkingIndexes(postgres::Pool& pool, std::string_view sql,
                                                   const postgres::Params& params = {});

}  // namespace syncline::scheduler
