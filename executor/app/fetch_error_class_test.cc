#include "executor/app/fetch_error_class.h"

#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

using Kind = FetchError::Kind;

TEST(FetchErrorClass, EveryKindHasItsClass) {
  struct Case {
    Kind kind;
    ErrorClass expected;
  };
  const Case cases[] = {{Kind::kBadRequest, ErrorClass::kConfig},
                        {Kind::kRefusedByPolicy, ErrorClass::kConfig},
                        {Kind::kDns, ErrorClass::kTransient},
                        {Kind::kConnect, ErrorClass::kTransient},
                        {Kind::kTls, ErrorClass::kTransient},
                        {Kind::kTimeoutConnect, ErrorClass::kTransient},
                        {Kind::kTimeoutFirstByte, ErrorClass::kTransient},
                        {Kind::kStalled, ErrorClass::kTransient},
                        {Kind::kTotalTimeout, ErrorClass::kTimeout},
                        {Kind::kConnectionLost, ErrorClass::kTransient},
                        {Kind::kTooLarge, ErrorClass::kData},
                        {Kind::kBadEncoding, ErrorClass::kData},
                        {Kind::kProtocol, ErrorClass::kTransient}};
  for (const Case& c : cases)
    EXPECT_EQ(FetchErrorClass(c.kind), c.expected) << FetchErrorKindName(c.kind);
}

TEST(FetchErrorClass, TheMessageIsKept) {
  const SyncError error =
      ToSyncError({.kind = Kind::kConnect, .message = "no connection to api.example.com"});
  EXPECT_EQ(error.cls, ErrorClass::kTransient);
  EXPECT_EQ(error.message, "no connection to api.example.com");
}

}  // namespace
}  // namespace syncline::executor
