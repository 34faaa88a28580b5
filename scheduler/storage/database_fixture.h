// What the storage tests of the API's stores share: a fresh database, and waiting for a lock wait
// instead of a time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "common/postgres/pool.h"
#include "tests/support/test_cluster.h"

namespace syncline::scheduler {

class DatabaseFixture : public ::testing::Test {
 protected:
  DatabaseFixture()
      : url_(testing::TestCluster::Get().NewDatabase()), db_(Open()), pool_(Options(), 24) {}

  postgres::ConnectionOptions Options() const {
    postgres::ConnectionOptions options;
    options.url = url_;
    options.lock_timeout = absl::Seconds(30);
    options.statement_timeout = absl::Minutes(2);
    return options;
  }

  // A session that may take as long as a test's set-up does.
  std::unique_ptr<postgres::Connection> Open() const {
    auto connection = postgres::Connection::Open(Options());
    EXPECT_TRUE(connection.ok()) << connection.status();
    return std::move(connection).value();
  }

  postgres::Result Query(const std::string& sql) { return testing::QueryOrDie(*db_, sql); }
  std::int64_t Int(const std::string& sql) { return testing::QueryInt(*db_, sql); }
  std::string Text(const std::string& sql) {
    return Query("SELECT (" + sql + ")::text AS value")[0].String("value");
  }

  // Returns as soon as a session of this database waits for a lock.
  void AwaitLockWait() {
    while (Int("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
               " AND wait_event_type = 'Lock'") == 0) {
      std::this_thread::yield();
    }
  }

  const std::string url_;
  const std::unique_ptr<postgres::Connection> db_;
  postgres::Pool pool_;
};

}  // namespace syncline::scheduler
