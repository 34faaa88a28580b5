#include "tests/bench/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace syncline::bench {
namespace {

using Json = nlohmann::ordered_json;

// Three significant digits, without an exponent.
std::string Figure(double value) {
  const double size = std::fabs(value);
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 100) return fmt::format("{:.1f}", value);
  if (size >= 10) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3f}", value);
}

double Least(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
}

double Greatest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

std::vector<std::string> ReferencesOf(const Series& series) {
  std::vector<std::string> all;
  if (!series.reference.empty()) all.push_back(series.reference);
  all.insert(all.end(), series.more_references.begin(), series.more_references.end());
  return all;
}

// Rows of cells as a table with aligned columns; the first two are text, the others figures.
std::string Aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_text = i < 2 || i + 1 == row.size();
      line += is_text ? fmt::format("{:<{}}  ", row[i], widths[i])
                      : fmt::format("{:>{}}  ", row[i], widths[i]);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += line + "\n";
  }
  return text;
}

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

void Report::Add(Series series) { series_.push_back(std::move(series)); }

void Report::AddValue(const Series& series, double value) {
  for (Series& known : series_) {
    if (known.part == series.part && known.name == series.name) {
      known.values.push_back(value);
      return;
    }
  }
  series_.push_back(series);
  series_.back().values = {value};
}

void Report::Note(const std::string& part, const std::string& key, const std::string& value) {
  for (NoteLine& note : notes_) {
    if (note.part == part && note.key == key) {
      note.value = value;
      return;
    }
  }
  notes_.push_back({part, key, value});
}

void Report::Goal(const std::string& part, const std::string& what, double found, double most) {
  goals_.push_back({part, what, found, most});
}

double Report::Ratio(const std::string& part, const std::string& series,
                     const std::string& reference) const {
  const Series* one = Find(part, series);
  const Series* other = Find(part, reference);
  if (one == nullptr || other == nullptr || Median(other->values) == 0) return 0;
  return Median(one->values) / Median(other->values);
}

void Report::Problem(const std::string& what) { problems_.push_back(what); }

const Series* Report::Find(const std::string& part, const std::string& name) const {
  for (const Series& series : series_) {
    if (series.part == part && series.name == name) return &series;
  }
  return nullptr;
}

std::string Report::Ratios(const Series& series) const {
  std::string text;
  for (const std::string& name : ReferencesOf(series)) {
    const double ratio = Ratio(series.part, series.name, name);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        ratio == 0 ? "?" : fmt::format("{:.3g}x", ratio), name);
  }
  return text;
}

std::string Report::Table() const {
  std::vector<std::vector<std::string>> rows = {
      {"part", "series", "median", "least", "greatest", "n", "unit", "ratio to"}};
  for (const Series& series : series_) {
    rows.push_back({series.part, series.name, Figure(Median(series.values)),
                    Figure(Least(series.values)), Figure(Greatest(series.values)),
                    std::to_string(series.values.size()), series.unit, Ratios(series)});
  }
  return Aligned(rows);
}

std::string Report::Notes() const {
  std::string text;
  for (const NoteLine& note : notes_)
    text += fmt::format("{}: {}: {}\n", note.part, note.key, note.value);
  return text;
}

std::string Report::Goals() const {
  std::string text;
  for (const GoalLine& goal : goals_) {
    text +=
        fmt::format("goal: {}: {}: {}, at most {}: {}\n", goal.part, goal.what, Figure(goal.found),
                    Figure(goal.most), goal.found <= goal.most ? "met" : "missed");
  }
  return text;
}

std::string Report::Against(const Report& older) const {
  std::vector<std::vector<std::string>> rows = {
      {"part", "series", "before", "now", "now/before", "unit", "verdict"}};
  for (const Series& series : series_) {
    const Series* before = older.Find(series.part, series.name);
    if (before == nullptr || Median(before->values) == 0) continue;
    const double ratio = Median(series.values) / Median(before->values);
    // Only what lies outside everything seen before is called a change.
    const bool apart = Least(series.values) > Greatest(before->values) ||
                       Greatest(series.values) < Least(before->values);
    const bool better = (ratio > 1) == series.more_is_better;
    rows.push_back({series.part, series.name, Figure(Median(before->values)),
                    Figure(Median(series.values)), fmt::format("{:.2f}x", ratio), series.unit,
                    !apart ? "within the spread" : (better ? "better" : "worse")});
  }
  return Aligned(rows);
}

std::string Report::ToJson() const {
  Json all = {{"notes", Json::array()},
              {"series", Json::array()},
              {"goals", Json::array()},
              {"problems", problems_}};
  for (const NoteLine& note : notes_)
    all["notes"].push_back({{"part", note.part}, {"key", note.key}, {"value", note.value}});
  for (const GoalLine& goal : goals_) {
    all["goals"].push_back({{"part", goal.part},
                            {"what", goal.what},
                            {"found", goal.found},
                            {"most", goal.most},
                            {"met", goal.found <= goal.most}});
  }
  for (const Series& series : series_) {
    all["series"].push_back({{"part", series.part},
                             {"name", series.name},
                             {"unit", series.unit},
                             {"moreIsBetter", series.more_is_better},
                             {"median", Median(series.values)},
                             {"least", Least(series.values)},
                             {"greatest", Greatest(series.values)},
                             {"values", series.values},
                             {"references", ReferencesOf(series)},
                             {"ratios", Ratios(series)}});
  }
  return all.dump(2) + "\n";
}

absl::StatusOr<Report> Report::FromJson(std::string_view json) {
  const Json all = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains("series") || !all["series"].is_array())
    return absl::InvalidArgumentError("not a report of ./dev bench");
  Report report;
  for (const Json& given : all["series"]) {
    if (!given.is_object() || !given.contains("values") || !given["values"].is_array())
      return absl::InvalidArgumentError("a series has no values");
    Series series;
    series.part = given.value("part", "");
    series.name = given.value("name", "");
    series.unit = given.value("unit", "");
    series.more_is_better = given.value("moreIsBetter", true);
    for (const Json& value : given["values"]) {
      if (!value.is_number()) return absl::InvalidArgumentError("a value is not a number");
      series.values.push_back(value.get<double>());
    }
    report.Add(std::move(series));
  }
  return report;
}

}  // namespace syncline::bench
