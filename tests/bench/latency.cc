#include "tests/bench/parts.h"

namespace syncline::bench {

void MeasureLatency(const BenchOptions&, Report*) {}

}  // namespace syncline::bench
