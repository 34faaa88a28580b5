// The high-water mark of an incremental stream: the newest value of its field in complete passes,
// and the request parameter made from it. Records come in any order, so a pass collects its own
// maximum apart, and the mark moves only when the pass is complete.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace syncline::executor {

// How values compare, decided from the values: times while all are times, numbers while all are
// numbers, else bytes.
enum class ValueOrder { kUnknown, kTime, kNumber, kText };

std::string_view ValueOrderName(ValueOrder order);
std::optional<ValueOrder> ParseValueOrder(std::string_view name);

// A plain value; one owner.
struct Watermark {
  ValueOrder order = ValueOrder::kUnknown;
  std::string mark;  // of complete passes; empty: none yet
  std::string high;  // newest seen, of this pass too; never below mark

  // Takes a value into account. Times more than a day after `now` (the response's own date, when it
  // has one) are left out: one typo in the year 9999 would end all further syncs.
  void Observe(std::string_view value, std::optional<absl::Time> now);

  // The value to ask from, `lag` before the mark: in the mark's own format, epoch numbers from 1e11
  // on taken for milliseconds. nullopt without a mark.
  std::optional<std::string> Since(absl::Duration lag) const;

  // The pass is complete.
  void Advance() { mark = high; }
};

}  // namespace syncline::executor
