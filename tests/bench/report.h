// What a run of the bench found: series of values, the table, the file, and the comparison with an
// older file. Milliseconds depend on the machine and the hour; the ratios of one run are the
// result.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace syncline::bench {

// The repetitions of one figure. Those of the series of a part are interleaved, so that what
// happens to the machine meanwhile happens to all of them.
struct Series {
  std::string part;  // "control"
  std::string name;  // unique in its part
  std::string unit;  // "cycles/s", "ms"
  bool more_is_better = true;
  std::vector<double> values;
  // The series of the same part that this one is compared to; empty for a reference itself.
  std::string reference;
  std::vector<std::string> more_references = {};
};

// Of no values: 0.
double Median(std::vector<double> values);
// The value below which the share `q` (0 to 1) of the values lies; nearest rank.
double Quantile(std::vector<double> values, double q);

// One thread.
class Report {
 public:
  void Add(Series series);
  // Appends a value to a series that was added; makes the series when it is not there.
  void AddValue(const Series& series, double value);
  // What was measured with: versions, settings, counts. Shown above the table; the last value of a
  // key of a part counts.
  void Note(const std::string& part, const std::string& key, const std::string& value);
  // What makes the figures worthless or dishonest, such as row counts that differ. A report with
  // one ends the bench with status 1.
  void Problem(const std::string& what);

  // A goal of the project: what it is about, what was found, and the most that it may be. A missed
  // one is a result like any other.
  void Goal(const std::string& part, const std::string& what, double found, double most);
  // What the goal of a ratio finds: a series' median over another's; 0 without one of them.
  double Ratio(const std::string& part, const std::string& series,
               const std::string& reference) const;

  const std::vector<Series>& series() const { return series_; }
  const std::vector<std::string>& problems() const { return problems_; }

  // Median, least and greatest value, and the ratios to the references' medians.
  std::string Table() const;
  std::string Notes() const;
  // A line for each goal, met or missed.
  std::string Goals() const;
  // The table of this build's medians beside an older run's.
  std::string Against(const Report& older) const;

  std::string ToJson() const;
  // INVALID_ARGUMENT when `json` is no report.
  static absl::StatusOr<Report> FromJson(std::string_view json);

 private:
  struct NoteLine {
    std::string part, key, value;
  };
  struct GoalLine {
    std::string part, what;
    double found, most;
  };
  const Series* Find(const std::string& part, const std::string& name) const;
  std::string Ratios(const Series& series) const;

  std::vector<Series> series_;
  std::vector<NoteLine> notes_;
  std::vector<GoalLine> goals_;
  std::vector<std::string> problems_;
};

}  // namespace syncline::bench
