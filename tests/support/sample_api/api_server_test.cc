#include "tests/support/sample_api/api_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

namespace syncline::sample_api {
namespace {

using nlohmann::json;

json IsoFile(const std::string& number) {
  std::ifstream file("/usr/share/iso-codes/json/iso_" + number + ".json");
  return json::parse(file)[number];
}

// The path and query of the link with rel="next"; empty when there is none.
std::string NextPath(const std::string& link) {
  const size_t end = link.find(">; rel=\"next\"");
  if (end == std::string::npos) return "";
  const size_t host = link.rfind("://", end) + 3;
  const size_t path = link.find('/', host);
  return link.substr(path, end - path);
}

class ApiServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = ApiServer::Start({});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<httplib::Client>("http://" + server_->address());
    client_->set_keep_alive(true);
  }

  json GetJson(const std::string& path, const httplib::Headers& headers = {}) {
    const auto answer = client_->Get(path, headers);
    if (!answer || answer->status != 200) {
      ADD_FAILURE() << path << ": " << (answer ? answer->body : "no answer");
      return {};
    }
    return json::parse(answer->body);
  }

  int StatusOf(const std::string& path, const httplib::Headers& headers = {}) {
    const auto answer = client_->Get(path, headers);
    return answer ? answer->status : -1;
  }

  void Post(const std::string& path, const json& body) {
    const auto answer = client_->Post(path, body.dump(), "application/json");
    ASSERT_TRUE(answer && answer->status == 204) << (answer ? answer->body : "no answer");
  }

  std::unique_ptr<ApiServer> server_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(ApiServerTest, PagesServeTheWholeFile) {
  json all = json::array();
  json page;
  for (int number = 1; number == 1 || !page["data"].empty(); ++number) {
    page = GetJson("/languages?per_page=1000&page=" + std::to_string(number));
    EXPECT_EQ(page["page"], number);
    for (const json& record : page["data"]) all.push_back(record);
  }
  EXPECT_EQ(page["totalPages"], (all.size() + 999) / 1000);
  EXPECT_EQ(all, IsoFile("639-3"));  // the file is in the order of its keys
}

TEST_F(ApiServerTest, CursorsServeTheWholeFileAndNeedEncoding) {
  std::set<json> all;
  json page = GetJson("/subdivisions");
  while (true) {
    for (json record : page["data"]) {
      record.erase("updated_at");
      EXPECT_TRUE(all.insert(record).second) << record;
    }
    if (page["meta"]["next"].is_null()) break;
    const auto cursor = page["meta"]["next"].get<std::string>();
    EXPECT_THAT(cursor, testing::HasSubstr("+00:00|"));
    const httplib::Params parameters = {{"after", cursor}};
    page = GetJson(httplib::append_query_params("/subdivisions", parameters));
  }
  const json file = IsoFile("3166-2");
  EXPECT_EQ(all, std::set<json>(file.begin(), file.end()));
}

TEST_F(ApiServerTest, LinksServeTheWholeFileToWhoHasTheKey) {
  EXPECT_EQ(StatusOf("/countries"), 401);
  EXPECT_EQ(StatusOf("/countries", {{"X-Api-Key", "wrong"}}), 401);
  std::set<json> all;
  std::string path = "/countries";
  int answers = 0;
  while (!path.empty()) {
    const auto answer = client_->Get(path, {{"X-Api-Key", "sample-key"}});
    ASSERT_TRUE(answer && answer->status == 200);
    ++answers;
    for (const json& record : json::parse(answer->body)) all.insert(record);
    path = NextPath(answer->get_header_value("Link"));
  }
  const json file = IsoFile("3166-1");
  EXPECT_EQ(all, std::set<json>(file.begin(), file.end()));
  EXPECT_EQ(answers, 3);
}

TEST_F(ApiServerTest, GraphqlPagesByConnection) {
  size_t count = 0;
  json after = nullptr;
  while (true) {
    const json request = {{"query", "query($first:Int,$after:String){countries{nodes}}"},
                          {"variables", {{"first", 100}, {"after", after}}}};
    const auto answer = client_->Post("/graphql", request.dump(), "application/json");
    ASSERT_TRUE(answer && answer->status == 200);
    const json countries = json::parse(answer->body)["data"]["countries"];
    count += countries["nodes"].size();
    after = countries["pageInfo"]["endCursor"];
    if (!countries["pageInfo"]["hasNextPage"]) break;
  }
  EXPECT_EQ(count, IsoFile("3166-1").size());
  const auto error = client_->Post("/graphql", R"({"query":"{planets}"})", "application/json");
  EXPECT_TRUE(error && json::parse(error->body).contains("errors"));
}

TEST_F(ApiServerTest, OtherStylesAndCredentials) {
  EXPECT_EQ(GetJson("/offset/languages?offset=7900&limit=100")["data"],
            GetJson("/languages?per_page=100&page=80")["data"]);
  EXPECT_THAT(
      GetJson("/next-url/subdivisions?limit=1")["next"].get<std::string>(),
      testing::StartsWith("http://" + server_->address() + "/next-url/subdivisions?after="));
  EXPECT_EQ(GetJson("/all/countries")["data"].size(), IsoFile("3166-1").size());
  EXPECT_EQ(StatusOf("/bearer/languages"), 401);
  EXPECT_EQ(StatusOf("/bearer/languages", {{"Authorization", "Bearer sample-token"}}), 200);
  EXPECT_EQ(StatusOf("/basic/languages"), 401);
  client_->set_basic_auth("sample", "sample-password");
  EXPECT_EQ(StatusOf("/basic/languages"), 200);
}

TEST_F(ApiServerTest, BadParametersAreRefused) {
  for (const char* path :
       {"/languages?page=0", "/languages?per_page=x", "/subdivisions?after=x",
        "/subdivisions?updated_since=yesterday", "/offset/languages?offset=-1"}) {
    EXPECT_EQ(StatusOf(path), 400) << path;
  }
  EXPECT_EQ(StatusOf("/nothing/here"), 404);
}

TEST_F(ApiServerTest, FlakyUpstreamsKeepTheirTemper) {
  EXPECT_EQ(StatusOf("/flaky/always"), 500);
  EXPECT_EQ(StatusOf("/flaky/alternate?page=1"), 200);
  EXPECT_EQ(StatusOf("/flaky/alternate?page=2"), 200);
  EXPECT_EQ(StatusOf("/flaky/alternate?page=1"), 500);
  EXPECT_EQ(StatusOf("/flaky/alternate?page=1"), 200);
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(StatusOf("/flaky/rate-limited?page=1"), 200);
    EXPECT_EQ(StatusOf("/flaky/rate-limited?page=3"), 429);
    EXPECT_EQ(StatusOf("/flaky/rate-limited?page=3"), 200);
  }
}

TEST_F(ApiServerTest, AdminChangesShowAtOnce) {
  Post("/admin/languages/zz9", {{"name", "Invented"}});
  EXPECT_EQ(
      client_->Put("/admin/languages/aaa", R"({"name":"Changed"})", "application/json")->status,
      204);
  EXPECT_EQ(client_->Delete("/admin/languages/aab")->status, 204);
  EXPECT_EQ(client_->Delete("/admin/languages/aab")->status, 404);
  const json first = GetJson("/languages?per_page=2")["data"];
  EXPECT_EQ(first[0]["name"], "Changed");
  EXPECT_EQ(first[1]["alpha_3"], "aac");
  Post("/admin/reset", json::object());
  EXPECT_EQ(GetJson("/languages?per_page=2")["data"][1]["alpha_3"], "aab");
}

TEST_F(ApiServerTest, TheLedgerNotesRequestsInOrder) {
  StatusOf("/languages?page=7", {{"X-Test-Id", "one"}});
  StatusOf("/countries");
  const json all = GetJson("/admin/requests");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["path"], "/languages");
  EXPECT_EQ(all[0]["query"], "page=7");
  EXPECT_EQ(all[0]["headers"]["testId"], "one");
  EXPECT_EQ(all[1]["status"], 401);
  EXPECT_LE(all[0]["at"], all[1]["at"]);
  EXPECT_EQ(GetJson("/admin/requests?path=/countries").size(), 1U);
  EXPECT_EQ(client_->Delete("/admin/requests")->status, 204);
  EXPECT_TRUE(GetJson("/admin/requests").empty());
}

TEST_F(ApiServerTest, AGateHoldsHundredsUntilReleased) {
  constexpr int kClients = 300;
  Post("/admin/gates", {{"path", "/languages"}, {"match", {{"page", "3"}}}});
  EXPECT_EQ(StatusOf("/languages?page=2"), 200);
  std::atomic<int> served = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      httplib::Client client("http://" + server_->address());
      client.set_read_timeout(60);
      const auto answer = client.Get("/languages?page=3&per_page=1");
      if (answer && answer->status == 200) ++served;
    });
  }
  while (GetJson("/admin/gates")["waiting"] != kClients) std::this_thread::yield();
  EXPECT_EQ(served, 0);
  Post("/admin/gates/release", json::object());
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(served, kClients);
  EXPECT_EQ(GetJson("/admin/gates")["waiting"], 0);
}

TEST_F(ApiServerTest, AClientThatLeavesIsNotWaitingAnyMore) {
  Post("/admin/gates", {{"path", "/languages"}});
  httplib::Client impatient("http://" + server_->address());
  impatient.set_read_timeout(std::chrono::milliseconds(200));
  EXPECT_FALSE(impatient.Get("/languages"));
  impatient.stop();
  while (GetJson("/admin/gates")["waiting"] != 0) std::this_thread::yield();
  while (GetJson("/admin/requests")[0]["status"] != 499) std::this_thread::yield();
}

TEST_F(ApiServerTest, CompressesWhenAsked) {
  client_->set_decompress(false);
  const auto answer = client_->Get("/languages", {{"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Content-Encoding"), "gzip");
  EXPECT_LT(answer->body.size(), 10'000U);
}

}  // namespace
}  // namespace syncline::sample_api
