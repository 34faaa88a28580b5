#include "gateway/routes/sync_routes.h"

#include <gmock/gmock.h>

#include "common/base/errors.h"
#include "gateway/routes/routes_fixture.h"

namespace syncline::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using SyncRoutesTest = RoutesTest;

TEST_F(SyncRoutesTest, TriggersWithOrWithoutABody) {
  backend_.triggered.mutable_sync_log()->set_id("log-1");
  backend_.triggered.set_joined(true);
  const HttpResponse response =
      Send("POST", "/api/integrations/x/sync?tenantId=a%20b", "", {{"Idempotency-Key", "k"}});
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(HeaderOf(response, "Location"), "/api/sync-logs/log-1?tenantId=a%20b");
  EXPECT_EQ(Json::parse(response.body).at("joined"), true);
  Send("POST", "/api/integrations/x/sync", R"({"afterCurrent":true})");
  EXPECT_THAT(backend_.asked,
              ElementsAre(AllOf(HasSubstr("request_id: \"k\""), Not(HasSubstr("after_current"))),
                          HasSubstr("after_current: true")));
}

TEST_F(SyncRoutesTest, SaysWhenTheRunOfAKeyIsGone) {
  backend_.triggered.set_run_id("r");
  EXPECT_EQ(Send("POST", "/api/integrations/x/sync").status, 404);
}

TEST_F(SyncRoutesTest, PagesByNumberOrByCursor) {
  backend_.logs.set_total(10'000);
  backend_.logs.set_total_is_lower_bound(true);
  const Json numbered = Json::parse(
      Send("GET", "/api/integrations/x/sync-history?page=3&pageSize=50&status=FAILED").body);
  EXPECT_EQ(
      numbered,
      Json::parse(
          R"({"logs":[],"total":10000,"totalIsLowerBound":true,"page":3,"pageSize":50,"nextCursor":null})"));
  EXPECT_THAT(backend_.asked[0],
              AllOf(HasSubstr("skip: 100"), HasSubstr("page_size: 50"), HasSubstr("status: FAILED"),
                    HasSubstr("count_total: true")));
  const Json by_cursor = Json::parse(Send("GET", "/api/integrations/x/sync-history?cursor=t").body);
  EXPECT_EQ(by_cursor.at("total"), nullptr);
  EXPECT_EQ(by_cursor.at("page"), nullptr);
  EXPECT_THAT(backend_.asked[1], AllOf(HasSubstr("page_token: \"t\""), HasSubstr("page_size: 20"),
                                       Not(HasSubstr("count_total"))));
}

TEST_F(SyncRoutesTest, FiltersHistory) {
  Send("GET",
       "/api/integrations/x/sync-history?trigger=RETRY&runId=r&createdAfter=2026-01-01T00:00:00Z"
       "&createdBefore=2026-01-02T00:00:00Z");
  EXPECT_THAT(backend_.asked[0], AllOf(HasSubstr("trigger: RETRY"), HasSubstr("run_id: \"r\""),
                                       HasSubstr("created_after { seconds: 1767225600 }"),
                                       HasSubstr("created_before { seconds: 1767312000 }")));
}

TEST_F(SyncRoutesTest, RefusesBadPages) {
  for (const char* query :
       {"page=0", "page=1.5", "pageSize=101", "pageSize=", "page=102&pageSize=100",
        "page=1&cursor=t", "status=DONE",
        "status=", "createdAfter=", "createdAfter=infinite-future", "runId=", "page=1&page=2"}) {
    const HttpResponse response =
        Send("GET", std::string("/api/integrations/x/sync-history?") + query);
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_EQ(Json::parse(response.body).at("errors").size(), 1U) << response.body;
  }
  EXPECT_EQ(Send("GET", "/api/integrations/x/sync-history?page=101&pageSize=100").status, 200);
}

TEST_F(SyncRoutesTest, ListsRecordsAndChanges) {
  backend_.records.set_last_change_no(9);
  EXPECT_EQ(
      Json::parse(
          Send("GET", "/api/integrations/x/records?stream=s&keyPrefix=a&pageSize=2&cursor=c").body),
      Json::parse(R"({"records":[],"nextCursor":null,"lastChangeNo":null})"));
  EXPECT_EQ(Json::parse(Send("GET", "/api/integrations/x/records?changedAfter=0").body)
                .at("lastChangeNo"),
            9);
  EXPECT_THAT(backend_.asked,
              ElementsAre(AllOf(HasSubstr("stream: \"s\""), HasSubstr("key_prefix: \"a\""),
                                HasSubstr("page_size: 2"), HasSubstr("page_token: \"c\"")),
                          HasSubstr("changed_after: 0")));
  EXPECT_EQ(Send("GET", "/api/integrations/x/records?changedAfter=-1").status, 400);
}

TEST_F(SyncRoutesTest, ReadsAndCancelsLogs) {
  EXPECT_EQ(Send("GET", "/api/sync-logs/l").status, 200);
  EXPECT_EQ(Send("POST", "/api/sync-logs/l/cancel").status, 200);
  EXPECT_THAT(backend_.asked, ElementsAre(HasSubstr("GetLog {sync_log_id: \"l\""),
                                          HasSubstr("Cancel {sync_log_id: \"l\"")));
  EXPECT_EQ(Send("POST", "/api/sync-logs/l/cancel", "{}").status, 400);
  backend_.status =
      ReasonError(absl::StatusCode::kFailedPrecondition, "SYNC_ENDED", "it had ended");
  EXPECT_EQ(Send("POST", "/api/sync-logs/l/cancel").status, 409);
}

}  // namespace
}  // namespace syncline::gateway
