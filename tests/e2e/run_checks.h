// What must hold after any fault, read from the tables and from the sample API's ledger.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/postgres/connection.h"

namespace syncline::testing {

// What is wrong with the runs of a database in which every integration was to sync once; empty when
// nothing is: each succeeded in one run of one attempt with one row of history, nothing is active,
// no retry was spent, none is disabled or blocked, counts and records agree, and every integration
// has the same records as the others.
std::vector<std::string> BrokenPromises(postgres::Connection& db);

// Every row of what syncs and their history write, by table, as text in a fixed order.
std::map<std::string, std::vector<std::string>> DumpTables(postgres::Connection& db);

}  // namespace syncline::testing
