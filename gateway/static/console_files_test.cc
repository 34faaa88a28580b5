#include "gateway/static/console_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace syncline::gateway {
namespace {

using ::testing::HasSubstr;

class ConsoleFilesTest : public ::testing::Test {
 protected:
  ConsoleFilesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "syncline-console-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~ConsoleFilesTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& path, const std::string& content) const {
    const std::filesystem::path file = std::filesystem::path(directory_) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  static HttpResponse Get(const ConsoleFiles& files, const std::string& target,
                          NameValues headers = {}) {
    HttpRequest request;
    request.method = "GET";
    EXPECT_EQ(ParseTarget(target, request), "");
    request.headers = std::move(headers);
    return files.Answer(request);
  }
  static std::string Header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return "";
  }

  std::string directory_;
};

TEST_F(ConsoleFilesTest, ServesFilesAndPages) {
  Write("index.html", "<html>");
  Write("assets/index-1a2b.js", "js");
  Write("favicon.svg", "svg");
  const auto files = ConsoleFiles::Load(directory_);
  ASSERT_TRUE(files.ok()) << files.status();
  struct Row {
    const char* target;
    int status;
    const char* type;
    const char* cache;
  };
  for (const Row& row : {Row{"/", 200, "text/html; charset=utf-8", "no-cache"},
                         {"/index.html", 200, "text/html; charset=utf-8", "no-cache"},
                         {"/integrations/x/records", 200, "text/html; charset=utf-8", "no-cache"},
                         {"/assets/index-1a2b.js", 200, "text/javascript; charset=utf-8",
                          "public, max-age=31536000, immutable"},
                         {"/favicon.svg", 200, "image/svg+xml", "no-cache"},
                         {"/assets/gone.js", 404, "application/problem+json", ""},
                         {"/robots.txt", 404, "application/problem+json", ""},
                         {"/../index.html", 404, "application/problem+json", ""},
                         {"/%2e%2e/%2e%2e/etc/passwd.x", 404, "application/problem+json", ""}}) {
    const HttpResponse response = Get(*files, row.target);
    EXPECT_EQ(response.status, row.status) << row.target;
    EXPECT_EQ(response.content_type, row.type) << row.target;
    EXPECT_EQ(Header(response, "Cache-Control"), row.cache) << row.target;
  }
  EXPECT_THAT(Header(Get(*files, "/"), "Content-Security-Policy"), HasSubstr("script-src 'self';"));
}

TEST_F(ConsoleFilesTest, SaysThatAFileIsStillTheSame) {
  Write("index.html", "<html>");
  const auto files = ConsoleFiles::Load(directory_);
  ASSERT_TRUE(files.ok());
  const std::string etag = Header(Get(*files, "/"), "ETag");
  EXPECT_EQ(Get(*files, "/", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(Get(*files, "/", {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(ConsoleFilesTest, SendsSmallFilesToThoseWhoTakeThem) {
  Write("index.html", std::string(100'000, 'x'));
  const auto files = ConsoleFiles::Load(directory_);
  ASSERT_TRUE(files.ok());
  const HttpResponse small = Get(*files, "/", {{"Accept-Encoding", "br, gzip;q=0.5"}});
  EXPECT_EQ(Header(small, "Content-Encoding"), "gzip");
  EXPECT_EQ(Header(small, "Vary"), "Accept-Encoding");
  EXPECT_LT(small.body.size(), 1000U);
  for (const char* refusal : {"br", "gzip;q=0", "identity", ""}) {
    const HttpResponse plain = Get(*files, "/", {{"Accept-Encoding", refusal}});
    EXPECT_EQ(plain.body.size(), 100'000U) << refusal;
    EXPECT_EQ(Header(plain, "Content-Encoding"), "") << refusal;
  }
}

TEST_F(ConsoleFilesTest, SaysWhatIsMissing) {
  EXPECT_THAT(ConsoleFiles::Load(directory_).status().ToString(), HasSubstr("no index.html"));
  EXPECT_THAT(ConsoleFiles::Load(directory_ + "/nowhere").status().ToString(),
              HasSubstr("SYNC_CONSOLE_DIR"));
  const auto none = ConsoleFiles::Load("");
  ASSERT_TRUE(none.ok());
  EXPECT_THAT(Get(*none, "/").body, HasSubstr("API only"));
  EXPECT_EQ(Get(*none, "/index.html").status, 404);
}

}  // namespace
}  // namespace syncline::gateway
