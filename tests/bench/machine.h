// What a run was made on: the machine, PostgreSQL's version and its settings.
#pragma once

#include "tests/bench/report.h"
#include "tests/support/test_cluster.h"

namespace syncline::bench {

void NoteMachine(testing::TestCluster& cluster, Report* report);

// A server that has been up for a while writes its log to segments that it has used before. One
// that has just been made fills each new one with zeros, and every commit waits for that: this
// makes 2 GB of them, which min_wal_size keeps.
void MakeLogSegments(testing::TestCluster& cluster);

// A checkpoint, before a measurement: nobody pays for the pages that another one left to be
// written, and the log has segments to reuse.
void Settle(postgres::Connection& db);

}  // namespace syncline::bench
