// What every connector must do, whatever API it reads. A new connector adds its cases to Cases()
// below.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "common/connectors/config.h"
#include "executor/connectors/connector.h"
#include "executor/connectors/rest/fake_api.h"
#include "executor/connectors/rest/rest_stream_reader.h"

namespace syncline::executor {
namespace {

using connectors::PaginationKind;
using testing::HasSubstr;
using testing::Not;

constexpr char kSecret[] = "CANARY-token";

// A connector together with an API that it reads: 10 records r0 to r9, several pages where it pages
// at all.
struct ConnectorCase {
  std::string name;
  bool paging_stable;
  std::function<SyncResult<std::unique_ptr<StreamReader>>(const std::string& cursor,
                                                          const Credentials& credentials)>
      make;
  std::function<HttpResponse(const HttpRequest&)> answer;
};

ConnectorCase RestCase(const std::string& name, PaginationKind kind, bool incremental) {
  auto api = std::make_shared<FakeApi>(kind);
  api->records = NumberedRecords(10);
  const std::string members =
      incremental ? R"(,"incremental":{"field":"/updated","param":"since"})" : "";
  const auto config = connectors::ParseRestConfig(api->Config(members));
  const bool stable = kind != PaginationKind::kPage && kind != PaginationKind::kOffset;
  return {name, stable,
          [config = *config](const std::string& cursor, const Credentials& credentials) {
            return MakeRestStreamReader(config, 0, credentials, cursor);
          },
          [api](const HttpRequest& request) { return api->Answer(request); }};
}

std::vector<ConnectorCase> Cases() {
  std::vector<ConnectorCase> cases;
  for (const bool incremental : {false, true}) {
    const std::string suffix = incremental ? "_incremental" : "";
    cases.push_back(RestCase("rest_none" + suffix, PaginationKind::kNone, incremental));
    cases.push_back(RestCase("rest_page" + suffix, PaginationKind::kPage, incremental));
    cases.push_back(RestCase("rest_offset" + suffix, PaginationKind::kOffset, incremental));
    cases.push_back(RestCase("rest_cursor" + suffix, PaginationKind::kCursor, incremental));
    cases.push_back(
        RestCase("rest_link_header" + suffix, PaginationKind::kLinkHeader, incremental));
    cases.push_back(RestCase("rest_next_url" + suffix, PaginationKind::kNextUrl, incremental));
  }
  return cases;
}

class ConnectorConformance : public testing::TestWithParam<ConnectorCase> {
 protected:
  std::unique_ptr<StreamReader> Reader(const std::string& cursor = "") const {
    auto reader = GetParam().make(cursor, {{"token", kSecret}});
    EXPECT_TRUE(reader.ok()) << reader.error().message;
    return *std::move(reader);
  }

  // The next page of a reader that must have one.
  Page Step(StreamReader& reader) const {
    const auto request = reader.NextRequest();
    EXPECT_TRUE(request.ok()) << request.error().message;
    auto page = reader.Consume(GetParam().answer(*request));
    EXPECT_TRUE(page.ok()) << page.error().message;
    return *std::move(page);
  }

  std::vector<Page> Pass(const std::string& cursor = "") const {
    const auto reader = Reader(cursor);
    std::vector<Page> pages;
    do {
      pages.push_back(Step(*reader));
    } while (!pages.back().last && pages.size() < 100);
    return pages;
  }

  static std::multiset<std::string> Keys(const std::vector<Page>& pages) {
    std::multiset<std::string> keys;
    for (const Page& page : pages) {
      for (const Record& record : page.records) keys.insert(record.key);
    }
    return keys;
  }

  static std::multiset<std::string> AllKeys() {
    std::multiset<std::string> keys;
    for (const FakeRecord& record : NumberedRecords(10)) keys.insert(record.id);
    return keys;
  }
};

TEST_P(ConnectorConformance, APassReadsEveryRecordOnce) {
  const auto pages = Pass();
  EXPECT_TRUE(pages.back().last);
  EXPECT_EQ(Keys(pages), AllKeys());
  for (const Page& page : pages) {
    EXPECT_EQ(page.fetched,
              static_cast<int64_t>(page.records.size()) + page.duplicates + page.rejected);
    EXPECT_FALSE(page.restarted);
    EXPECT_TRUE(nlohmann::json::parse(page.cursor_json).is_object());
  }
}

TEST_P(ConnectorConformance, GoesOnFromTheCursorOfEveryPage) {
  const auto whole = Pass();
  for (size_t done = 1; done < whole.size(); ++done) {
    auto pages = std::vector<Page>(whole.begin(), whole.begin() + static_cast<long>(done));
    EXPECT_TRUE(Reader(pages.back().cursor_json)->resumed());
    for (Page& page : Pass(pages.back().cursor_json)) pages.push_back(std::move(page));
    EXPECT_EQ(Keys(pages), AllKeys()) << "resumed after page " << done;
    EXPECT_EQ(pages.back().cursor_json, whole.back().cursor_json);
  }
}

TEST_P(ConnectorConformance, BeginsANewPassAfterTheLastPage) {
  const std::string cursor = Pass().back().cursor_json;
  EXPECT_FALSE(Reader(cursor)->resumed());
  EXPECT_TRUE(Pass(cursor).back().last);
}

TEST_P(ConnectorConformance, AsksTheSameUntilAnAnswerIsTaken) {
  const auto reader = Reader();
  while (true) {
    const auto request = reader->NextRequest();
    for (const HttpResponse& bad :
         {HttpResponse{500, {}, ""}, HttpResponse{429, {}, ""}, HttpResponse{200, {}, "<html>"},
          HttpResponse{200, {}, "[{\"data\":"}, HttpResponse{401, {}, ""}}) {
      EXPECT_FALSE(reader->Consume(bad).ok());
    }
    const auto again = reader->NextRequest();
    EXPECT_EQ(again->url, request->url);
    EXPECT_EQ(again->headers, request->headers);
    if (Step(*reader).last) break;
  }
  EXPECT_EQ(reader->NextRequest().error().cls, ErrorClass::kInternal);
  EXPECT_EQ(reader->Consume({200, {}, "{}"}).error().cls, ErrorClass::kInternal);
}

TEST_P(ConnectorConformance, GivesTheSameForTheSame) {
  const auto first = Pass();
  const auto second = Pass();
  ASSERT_EQ(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].cursor_json, second[i].cursor_json);
    ASSERT_EQ(first[i].records.size(), second[i].records.size());
    for (size_t n = 0; n < first[i].records.size(); ++n) {
      EXPECT_EQ(first[i].records[n].data, second[i].records[n].data);
      EXPECT_EQ(first[i].records[n].hash, second[i].records[n].hash);
    }
  }
}

TEST_P(ConnectorConformance, ShowsNoSecret) {
  const auto reader = Reader();
  const auto request = reader->NextRequest();
  EXPECT_THAT(request->redacted_url, Not(HasSubstr(kSecret)));
  for (const HttpResponse& response :
       {HttpResponse{401, {}, kSecret}, HttpResponse{500, {}, kSecret},
        HttpResponse{200, {{"content-type", kSecret}}, std::string("you sent ") + kSecret},
        HttpResponse{302, {{"location", std::string("https://x.com/") + kSecret}}, ""}}) {
    const auto page = reader->Consume(response);
    ASSERT_FALSE(page.ok());
    EXPECT_THAT(page.error().message, Not(HasSubstr(kSecret)));
  }
  for (const Page& page : Pass()) EXPECT_THAT(page.cursor_json, Not(HasSubstr(kSecret)));
}

TEST_P(ConnectorConformance, ClassifiesAnswers) {
  const struct {
    HttpResponse response;
    ErrorClass cls;
  } cases[] = {
      {{401, {}, ""}, ErrorClass::kAuth},         {{404, {}, ""}, ErrorClass::kConfig},
      {{500, {}, ""}, ErrorClass::kTransient},    {{429, {}, ""}, ErrorClass::kRateLimited},
      {{302, {}, ""}, ErrorClass::kConfig},       {{304, {}, ""}, ErrorClass::kData},
      {{200, {}, "<html>"}, ErrorClass::kData},   {{200, {}, ""}, ErrorClass::kData},
      {{200, {}, "\xff\xfe"}, ErrorClass::kData},
  };
  const auto reader = Reader();
  for (const auto& row : cases) {
    const auto page = reader->Consume(row.response);
    ASSERT_FALSE(page.ok()) << row.response.status;
    EXPECT_EQ(page.error().cls, row.cls) << row.response.status;
    EXPECT_EQ(page.error().http_status, row.response.status);
    EXPECT_FALSE(page.error().message.empty());
  }
}

TEST_P(ConnectorConformance, RefusesWhatItCannotBeginWith) {
  const auto without_credential = GetParam().make("", {});
  ASSERT_FALSE(without_credential.ok());
  EXPECT_EQ(without_credential.error().cls, ErrorClass::kConfig);
  for (const char* broken : {"[]", "{", "{\"position\":5}"}) {
    const auto reader = GetParam().make(broken, {{"token", kSecret}});
    ASSERT_FALSE(reader.ok()) << broken;
    EXPECT_EQ(reader.error().cls, ErrorClass::kInternal);
  }
}

TEST_P(ConnectorConformance, KnowsWhetherItsPagingIsStable) {
  EXPECT_EQ(Reader()->paging_stable(), GetParam().paging_stable);
}

INSTANTIATE_TEST_SUITE_P(Connectors, ConnectorConformance, testing::ValuesIn(Cases()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace syncline::executor
