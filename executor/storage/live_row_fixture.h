// What the storage tests share: a database with a live row, made as a claim would, and pages to
// write to it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/postgres/pool.h"
#include "executor/storage/page_store.h"
#include "tests/support/test_cluster.h"

namespace syncline::executor {

inline constexpr absl::Duration kTestLease = absl::Seconds(30);

// Records as (key, data); the hash is made of the data.
using TestRecords = std::vector<std::pair<std::string, std::string>>;

class LiveRowTest : public ::testing::Test {
 protected:
  LiveRowTest();

  // A CLAIMED live row of a new integration.
  Claim NewClaim();
  // Another claim of the same run, as after a takeover.
  Claim ClaimAgain(const Claim& claim);
  // The run ends and another one of the same integration is claimed.
  Claim NextRun(const Claim& claim);

  // An incremental page of the stream "things" in the middle of its pass.
  static PageWrite PageOf(const TestRecords& records);
  // Writes, expecting that it changes the live row.
  Committed WriteOrFail(const Claim& claim, const PageWrite& page);

  // The number of `sql`, a query whose text may say :id for the integration.
  std::int64_t Int(const Claim& claim, std::string sql);
  std::string Text(const Claim& claim, std::string sql);
  std::int64_t PageSeq(const Claim& claim);
  // Every row of every table that a page can touch, as text.
  std::string Everything();

  const std::string url_;
  std::unique_ptr<postgres::Connection> connection_;
  postgres::Pool pool_;
  PageStore store_;
};

}  // namespace syncline::executor
