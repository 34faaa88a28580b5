#include "scheduler/rpc/page_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "syncline/v1/integration_service.pb.h"
#include "syncline/v1/sync_service.pb.h"

namespace syncline::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr char kKeys[] = "k1:AAAA";

v1::ListIntegrationsRequest Request(const std::string& token = "") {
  v1::ListIntegrationsRequest request;
  request.set_tenant_id("t1");
  request.set_page_size(20);
  request.set_page_token(token);
  return request;
}

TEST(PageTokens, ComeBackOnEverySchedulerWithTheKeys) {
  const std::string token = PageTokens(kKeys).Make(Request(), {"näme \"1\"", "id"});
  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="),
      std::string::npos);
  EXPECT_THAT(PageTokens(kKeys).Read(Request(token)), Optional(ElementsAre("näme \"1\"", "id")));
  EXPECT_THAT(PageTokens("k2:BBBB,k1:AAAA").Read(Request(token)),
              Optional(ElementsAre("näme \"1\"", "id")));
  EXPECT_EQ(PageTokens("k2:BBBB").Read(Request(token)), std::nullopt);
  EXPECT_THAT(PageTokens(kKeys).Read(Request()), Optional(IsEmpty()));
}

TEST(PageTokens, AreGoodForTheirListOnly) {
  const PageTokens tokens(kKeys);
  v1::ListIntegrationsRequest request = Request(tokens.Make(Request(), {"a", "b"}));
  request.set_page_size(7);
  EXPECT_NE(tokens.Read(request), std::nullopt);
  request.set_search("x");
  EXPECT_EQ(tokens.Read(request), std::nullopt);
  v1::ListSyncLogsRequest other;
  other.set_page_token(tokens.Make(Request(), {"a", "b"}));
  EXPECT_EQ(tokens.Read(other), std::nullopt);
}

TEST(PageTokens, NoByteCanBeChanged) {
  const PageTokens tokens(kKeys);
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(tokens.Make(Request(), {"a", "b"}), &bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(tokens.Read(Request(absl::WebSafeBase64Escape(changed))), std::nullopt) << i;
    EXPECT_EQ(tokens.Read(Request(absl::WebSafeBase64Escape(bytes.substr(0, i))))
                  .value_or(std::vector<std::string>()),
              std::vector<std::string>())
        << i;
  }
  for (const char* garbage : {"x", "!!!", "AAAA", "ü", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_EQ(tokens.Read(Request(garbage)), std::nullopt) << garbage;
  }
}

TEST(KeyedHash, HasAKeyForEachPurpose) {
  const KeyedHash a(kKeys, "a");
  const KeyedHash b(kKeys, "b");
  EXPECT_NE(a.Make("x"), b.Make("x"));
  EXPECT_TRUE(a.Recognises("x", a.Make("x")));
  EXPECT_FALSE(b.Recognises("x", a.Make("x")));
  EXPECT_FALSE(a.Recognises("x", a.Make("x").substr(0, 15)));  // too short to mean anything
  EXPECT_FALSE(a.Recognises("x", a.Make("x") + "y"));
}

}  // namespace
}  // namespace syncline::scheduler
