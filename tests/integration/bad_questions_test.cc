// Every mistake a caller can make in a question: refused with the path of the field, what is wrong
// and what would be right.
#include <gmock/gmock.h>

#include "tests/integration/api_fixture.h"

namespace syncline {
namespace {

using ::testing::HasSubstr;

using BadQuestionsTest = ApiFixture;

template <typename Request>
Request Parse(const std::string& text) {
  Request request;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &request).ok()) << text;
  return request;
}

TEST_F(BadQuestionsTest, OfLists) {
  v1::ListIntegrationsResponse integrations;
  ExpectBadFields(
      "integrations",
      List(
          Parse<v1::ListIntegrationsRequest>(
              R"({"pageSize": 1001, "pageToken": "abc", "search": "\u0000", "statuses": [0, 77], "tenantId": "\n"})"),
          &integrations),
      {{"page_size", "is 1001; use 1 to 1000, or 0 for 50"},
       {"page_token", "is not a token of this list"},
       {"search", "control"},
       {"statuses/0", "use NEVER_SYNCED"},
       {"statuses/1", ""},
       {"tenant_id", "control"}});
  v1::ListSyncLogsResponse logs;
  ExpectBadFields(
      "logs",
      ListLogs(
          Parse<v1::ListSyncLogsRequest>(
              R"({"pageSize": -1, "pageToken": "AAAA", "status": 9, "trigger": 9, "skip": 10001, "runId": "7", "integrationId": "\u0000"})"),
          &logs),
      {{"page_size", "is -1"},
       {"page_token", ""},
       {"skip", "is 10001; use 0 to 10000"},
       {"status", "use PENDING"},
       {"trigger", "use SCHEDULE"},
       {"run_id", "must be a UUID"},
       {"integration_id", "control"}});
  v1::ListSyncLogsRequest times;
  times.mutable_created_after()->set_seconds(INT64_MAX);
  times.mutable_created_before()->set_nanos(-1);
  ExpectBadFields("times", ListLogs(times, &logs),
                  {{"created_after", "must be a time from"}, {"created_before", ""}});
  v1::ListRecordsResponse records;
  ExpectBadFields(
      "records",
      ListRecords(
          Parse<v1::ListRecordsRequest>(
              R"({"pageSize": 5000, "changedAfter": -1, "keyPrefix": "a", "stream": "\t", "pageToken": "x"})"),
          &records),
      {{"integration_id", "is required"},
       {"page_size", "or 0 for 100"},
       {"changed_after", "last_change_no"},
       {"key_prefix", "does not go with changed_after"},
       {"stream", "control"},
       {"page_token", ""}});
  v1::TriggerSyncResponse triggered;
  ExpectBadFields(
      "trigger",
      Trigger(Parse<v1::TriggerSyncRequest>(R"({"requestId": "ä", "tenantId": "\u0000"})"),
              &triggered),
      {{"integration_id", "is required"}, {"request_id", "printable"}, {"tenant_id", "control"}});
  v1::SyncLog log;
  v1::GetSyncLogRequest get;
  get.set_sync_log_id("7");
  ExpectBadFields("log", Call(syncs_, &v1::SyncService::Stub::GetSyncLog, get, &log),
                  {{"sync_log_id", "must be a UUID"}});
}

TEST_F(BadQuestionsTest, AnIdThatNamesNothing) {
  for (const char* id : {"nothing", "0197b2c4-0000-7000-8000-00000000000a", "' OR 1=1 --"}) {
    EXPECT_EQ(ReasonOf(Get(id).status()), "INTEGRATION_NOT_FOUND") << id;
    v1::TriggerSyncRequest trigger;
    trigger.set_integration_id(id);
    v1::TriggerSyncResponse answer;
    const absl::Status status = Trigger(trigger, &answer);
    EXPECT_EQ(ReasonOf(status), "INTEGRATION_NOT_FOUND") << id;
    EXPECT_THAT(std::string(status.message()), HasSubstr(id));
  }
}

}  // namespace
}  // namespace syncline
