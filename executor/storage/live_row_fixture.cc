#include "executor/storage/live_row_fixture.h"

#include <fmt/format.h>

#include <functional>

#include "common/base/ids.h"

namespace syncline::executor {
namespace {

postgres::ConnectionOptions Options(const std::string& url) {
  postgres::ConnectionOptions options;
  options.url = url;
  return options;
}

std::string WithId(const Claim& claim, std::string sql) {
  for (std::size_t at = sql.find(":id"); at != std::string::npos; at = sql.find(":id", at)) {
    sql.replace(at, 3, "'" + claim.integration_id + "'");
  }
  return sql;
}

// 16 bytes that differ when the text does; the store does not look into them.
std::string TestHash(const std::string& text) {
  return fmt::format("{:016x}", std::hash<std::string>()(text));
}

}  // namespace

LiveRowTest::LiveRowTest()
    : url_(testing::TestCluster::Get().NewDatabase()),
      connection_(testing::OpenOrDie(url_)),
      pool_(Options(url_), 2),
      store_(&pool_) {}

Claim LiveRowTest::NewClaim() {
  const Claim claim{.integration_id = NewRandomUuid(), .fence = NewRandomUuid()};
  testing::QueryOrDie(*connection_,
                      fmt::format("INSERT INTO syncline.live (integration_id, run_id, tenant_id, "
                                  "trigger, state, fence, epoch, "
                                  "change_no, lease_expires_at) VALUES ('{}', gen_random_uuid(), "
                                  "'', 'MANUAL', 'CLAIMED', '{}', 1, 10, "
                                  "clock_timestamp() + interval '5 s')",
                                  claim.integration_id, claim.fence));
  return claim;
}

Claim LiveRowTest::ClaimAgain(const Claim& claim) {
  const Claim next{.integration_id = claim.integration_id, .fence = NewRandomUuid()};
  testing::QueryOrDie(
      *connection_,
      fmt::format("UPDATE syncline.live SET fence = '{}', state = 'CLAIMED', running_since = NULL,"
                  " deadline_at = NULL WHERE integration_id = '{}'",
                  next.fence, claim.integration_id));
  return next;
}

Claim LiveRowTest::NextRun(const Claim& claim) {
  const Claim next{.integration_id = claim.integration_id, .fence = NewRandomUuid()};
  testing::QueryOrDie(
      *connection_,
      fmt::format(
          "UPDATE syncline.live SET fence = '{}', run_id = gen_random_uuid(), page_seq = 0,"
          " complete = false, created = 0, updated = 0, unchanged = 0, deleted = 0, fetched = 0"
          " WHERE integration_id = '{}'",
          next.fence, claim.integration_id));
  return next;
}

PageWrite LiveRowTest::PageOf(const TestRecords& records) {
  PageWrite page;
  page.stream = "things";
  page.definition_hash = "d1";
  page.cursor_json = R"({"position":{"number":2}})";
  for (const auto& [key, data] : records) page.records.Add(key, TestHash(data), data);
  page.fetched = static_cast<std::int64_t>(records.size());
  return page;
}

Committed LiveRowTest::WriteOrFail(const Claim& claim, const PageWrite& page) {
  const auto written = store_.WritePage(claim, PageSeq(claim), kTestLease, page);
  EXPECT_TRUE(written.ok()) << written.status();
  if (!written.ok() || !*written) {
    ADD_FAILURE() << "nothing was written";
    return {};
  }
  return **written;
}

std::int64_t LiveRowTest::Int(const Claim& claim, std::string sql) {
  return testing::QueryInt(*connection_, WithId(claim, std::move(sql)));
}

std::string LiveRowTest::Text(const Claim& claim, std::string sql) {
  const auto result = testing::QueryOrDie(
      *connection_, "SELECT (" + WithId(claim, std::move(sql)) + ")::text AS value");
  return result[0].String("value");
}

std::int64_t LiveRowTest::PageSeq(const Claim& claim) {
  return Int(claim, "SELECT page_seq FROM syncline.live WHERE integration_id = :id");
}

std::string LiveRowTest::Everything() {
  return Text({},
              "SELECT string_agg(t, E'\\n' ORDER BY t) FROM ("
              "SELECT l::text AS t FROM syncline.live l UNION ALL SELECT r::text FROM "
              "syncline.records r UNION ALL "
              "SELECT c::text FROM syncline.checkpoints c UNION ALL SELECT s::text FROM "
              "syncline.snapshot_seen s) a");
}

}  // namespace syncline::executor
