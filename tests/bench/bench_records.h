// The records that all contestants load, made by rule, so that the source and the references have
// the same ones and a test of counts and sums tells whether they arrived.
#pragma once

#include <cstdint>
#include <string>

namespace syncline::bench {

// Which records of the list have changed since the first run.
enum class Revision {
  kFirst,
  kOnePercent,  // one record in a hundred has another amount
};

// One JSON object of about 280 bytes: numbers, texts, a time, one level of nesting. The same for
// the same arguments. Its key is `id`.
std::string RecordJson(std::int64_t number, Revision revision);

// Its key.
std::string RecordKey(std::int64_t number);

// What `amount` is in cents. Their sum over a table says that it holds this revision.
std::int64_t RecordCents(std::int64_t number, Revision revision);

}  // namespace syncline::bench
