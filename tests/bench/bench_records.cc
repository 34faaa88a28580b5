#include "tests/bench/bench_records.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace syncline::bench {
namespace {

constexpr std::array<std::string_view, 8> kCities = {"Hamburg",   "K\xc3\xb6ln",  "Rotterdam",
                                                     "Antwerpen", "Lyon",         "Valencia",
                                                     "Torino",    "Gda\xc5\x84sk"};
constexpr std::array<std::string_view, 4> kStates = {"open", "paid", "overdue", "cancelled"};
constexpr std::int64_t kChangedEvery = 100;

// Spreads neighbours, so that texts and amounts do not repeat in order.
std::uint64_t Mixed(std::int64_t number) {
  std::uint64_t mixed = static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U;
  mixed ^= mixed >> 29;
  return mixed * 0xbf58476d1ce4e5b9U >> 8;
}

}  // namespace

std::string RecordKey(std::int64_t number) { return fmt::format("inv_{:08}", number); }

std::int64_t RecordCents(std::int64_t number, Revision revision) {
  const auto cents = static_cast<std::int64_t>(Mixed(number) % 1'000'000);
  const bool changed = revision == Revision::kOnePercent && number % kChangedEvery == 0;
  return changed ? cents + 1 : cents;
}

std::string RecordJson(std::int64_t number, Revision revision) {
  const std::uint64_t mixed = Mixed(number);
  const std::int64_t cents = RecordCents(number, revision);
  return fmt::format(
      R"({{"id":"{}","number":{},"customer":{{"id":"cus_{:012x}","name":"Customer {}","city":"{}"}},)"
      R"("status":"{}","currency":"EUR","amount":{}.{:02},"paid":{},"note":null,)"
      R"("description":"Delivery {} of order {:08x}, as agreed","updated_at":"2026-{:02}-{:02}T{:02}:15:00Z"}})",
      RecordKey(number), number, mixed & 0xffffffffffffU, mixed % 90'000, kCities[mixed % 8],
      kStates[mixed / 8 % 4], cents / 100, cents % 100, mixed / 8 % 4 == 1, number % 7,
      mixed & 0xffffffffU, mixed % 12 + 1, mixed % 28 + 1, mixed % 24);
}

}  // namespace syncline::bench
