// The numbered migrations of this build, in order, for common/postgres's migrator.
#pragma once

#include <vector>

#include "common/postgres/migrator.h"

namespace syncline {

// Every migrations/NNNN_name.sql, by number.
std::vector<postgres::Migration> AllMigrations();

}  // namespace syncline
