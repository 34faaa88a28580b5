#include "common/rpc/status_conversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"

namespace syncline::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusConversion, ReasonFieldsAndMetadataSurviveTheWire) {
  const std::vector<FieldViolation> fields = {{"a", "is bad"}, {"b.c", "is worse"}};
  const absl::Status back = FromGrpc(ToGrpc(InvalidFieldsError(fields)));
  EXPECT_EQ(back.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(back), "INVALID_FIELDS");
  EXPECT_EQ(FieldsOf(back), fields);

  const absl::Status missing = FromGrpc(ToGrpc(
      ReasonError(absl::StatusCode::kNotFound, "INTEGRATION_NOT_FOUND", "no such", {{"id", "x"}})));
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MetadataOf(missing).at("id"), "x");
}

TEST(StatusConversion, WhatNobodyWordedForCallersShowsNoInternals) {
  const grpc::Status status =
      ToGrpc(absl::InternalError("PostgreSQL: relation secret_table is gone"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("secret_table")));
  const grpc::Status away = ToGrpc(ReasonError(
      absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", "connection to 10.1.2.3 refused"));
  EXPECT_EQ(away.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(away.error_message(), Not(HasSubstr("10.1.2.3")));
}

}  // namespace
}  // namespace syncline::rpc
