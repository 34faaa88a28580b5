#include "common/crypto/secret.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <type_traits>

namespace syncline::crypto {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

// A mistake here must not compile at all, so these are checked by the compiler.
static_assert(Streamable<std::string>);
static_assert(!Streamable<Secret>);
static_assert(fmt::is_formattable<std::string>::value);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string_view, Secret>);
static_assert(std::is_constructible_v<nlohmann::json, std::string>);
static_assert(!std::is_constructible_v<nlohmann::json, Secret>);

TEST(SecretTest, RevealsWhatItWasGiven) {
  const std::string value("a\0b", 3);
  EXPECT_EQ(Secret(value).Reveal(), value);
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().Reveal(), "");
}

TEST(SecretTest, CopiesAreIndependentAndMovesLeaveNothing) {
  Secret first("canary");
  Secret copy = first;
  Secret moved = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): the promise under test.
  moved = Secret("other");
  EXPECT_EQ(copy.Reveal(), "canary");
  EXPECT_EQ(moved.Reveal(), "other");
}

TEST(SecretTest, TestFailuresDoNotShowIt) {
  EXPECT_EQ(testing::PrintToString(Secret("canary")), "(secret)");
}

}  // namespace
}  // namespace syncline::crypto
