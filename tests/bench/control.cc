#include "tests/bench/parts.h"

namespace syncline::bench {

void MeasureControl(const BenchOptions&, Report*) {}

}  // namespace syncline::bench
