// What a run was made on: the machine, PostgreSQL's version and its settings.
#pragma once

#include "tests/bench/report.h"
#include "tests/support/test_cluster.h"

namespace syncline::bench {

void NoteMachine(testing::TestCluster& cluster, Report* report);

}  // namespace syncline::bench
