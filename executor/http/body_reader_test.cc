#include "executor/http/body_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "executor/http/fetch_fixture.h"

namespace syncline::executor {
namespace {

using Kind = FetchError::Kind;

// Feeds `received` in parts of `part` bytes up to its end or the first error.
std::optional<FetchError> Feed(BodyReader& reader, std::string_view received, size_t part) {
  for (size_t at = 0; at < received.size(); at += part) {
    if (auto error = reader.Append(received.substr(at, part)); error.has_value()) return error;
  }
  return reader.Finish();
}

std::string Text() {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += std::to_string(i) + ",";
  return text;
}

TEST(BodyReaderTest, PlainBodiesAreKeptAsTheyCome) {
  BodyReader reader(false, BodyLimits{});
  EXPECT_FALSE(Feed(reader, Text(), 1000).has_value());
  EXPECT_EQ(reader.Take(), Text());
}

TEST(BodyReaderTest, GzipIsUnpackedHoweverItIsCut) {
  const std::string packed = GzipOf(Text());
  for (const size_t part : {size_t{1}, size_t{7}, size_t{16384}, packed.size()}) {
    BodyReader reader(true, BodyLimits{});
    EXPECT_FALSE(Feed(reader, packed, part).has_value()) << part;
    EXPECT_EQ(reader.Take(), Text()) << part;
  }
}

TEST(BodyReaderTest, OutputThatFillsTheBufferExactlyIsWhole) {
  for (const size_t size : {65536, 131072}) {
    BodyReader reader(true, BodyLimits{});
    EXPECT_FALSE(Feed(reader, GzipOf(std::string(size, 'x')), 1 << 20).has_value()) << size;
    EXPECT_EQ(reader.Take().size(), size);
  }
}

TEST(BodyReaderTest, SeveralGzipMembersAreOneBody) {
  BodyReader reader(true, BodyLimits{});
  EXPECT_FALSE(Feed(reader, GzipOf("one ") + GzipOf("") + GzipOf("two"), 5).has_value());
  EXPECT_EQ(reader.Take(), "one two");
}

TEST(BodyReaderTest, AnEmptyBodyIsEmpty) {
  BodyReader reader(true, BodyLimits{});
  EXPECT_FALSE(reader.Append("").has_value());
  EXPECT_FALSE(reader.Finish().has_value());
}

TEST(BodyReaderTest, GzipCutAnywhereIsNoticed) {
  const std::string packed = GzipOf("a short text");
  for (size_t size = 1; size < packed.size(); ++size) {
    BodyReader reader(true, BodyLimits{});
    const auto error = Feed(reader, std::string_view(packed).substr(0, size), 4);
    ASSERT_TRUE(error.has_value()) << size;
    EXPECT_EQ(error->kind, Kind::kBadEncoding);
  }
}

TEST(BodyReaderTest, DamagedGzipIsNoticed) {
  const std::string packed = GzipOf("a short text");
  for (const size_t at : {size_t{0}, size_t{2}, packed.size() - 1, packed.size() - 5}) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    BodyReader reader(true, BodyLimits{});
    const auto error = Feed(reader, damaged, 100);
    ASSERT_TRUE(error.has_value()) << at;
    EXPECT_EQ(error->kind, Kind::kBadEncoding);
  }
  BodyReader reader(true, BodyLimits{});
  EXPECT_EQ(Feed(reader, packed + "more", 100)->kind, Kind::kBadEncoding);
}

TEST(BodyReaderTest, ABodyOfJustTheLimitIsTaken) {
  const BodyLimits limits{.max_bytes = 1000};
  BodyReader fits(false, limits);
  EXPECT_FALSE(Feed(fits, std::string(1000, 'x'), 300).has_value());
  BodyReader too_large(false, limits);
  EXPECT_EQ(Feed(too_large, std::string(1001, 'x'), 300)->kind, Kind::kTooLarge);
  BodyReader packed(true, limits);
  EXPECT_FALSE(Feed(packed, GzipOf(std::string(1000, 'x')), 300).has_value());
  BodyReader packed_too_large(true, limits);
  EXPECT_EQ(Feed(packed_too_large, GzipOf(std::string(1001, 'x')), 300)->kind, Kind::kTooLarge);
}

TEST(BodyReaderTest, PackedBytesThatUnpackToNothingCountAsWell) {
  BodyReader reader(true, BodyLimits{.max_bytes = 1000});
  const std::string empty = GzipOf("");
  std::optional<FetchError> error;
  for (int i = 0; i < 1000 && !error.has_value(); ++i) error = reader.Append(empty);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, Kind::kTooLarge);
}

TEST(BodyReaderTest, ABombIsCutByItsRatioLongBeforeTheLimit) {
  const BodyLimits limits{.max_bytes = 64 << 20, .max_ratio = 200, .ratio_free_bytes = 1 << 20};
  BodyReader bomb(true, limits);
  EXPECT_EQ(Feed(bomb, GzipOf(std::string(16 << 20, '0')), 16384)->kind, Kind::kTooLarge);
  EXPECT_LE(bomb.size(), 5 << 20);
  BodyReader small(true, limits);
  EXPECT_FALSE(Feed(small, GzipOf(std::string(1 << 20, '0')), 16384).has_value());
}

}  // namespace
}  // namespace syncline::executor
