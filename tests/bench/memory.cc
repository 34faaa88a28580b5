// The part "memory": how large a scheduler with many integrations becomes while a gateway watches
// it, and an executor with many runs that wait for a slow upstream, and what these cost it.
#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "absl/time/clock.h"
#include "tests/bench/control_load.h"
#include "tests/bench/filled_database.h"
#include "tests/bench/slow_upstream.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "memory";
constexpr int kIntegrations = 100'000;
constexpr int kDue = 1000;
// What 100,000 integrations with an interval of five minutes come to.
constexpr double kUsualCycles = kIntegrations / 300.0;
// Changes reach back 20 s, so that a scheduler is as large as it becomes only after them.
constexpr absl::Duration kWatched = absl::Seconds(30);

constexpr int kRuns = 1000;
constexpr absl::Duration kUpstreamDelay = absl::Seconds(2);
// An executor sends no more than 64 requests to one origin at the same time.
constexpr int kOrigins = 20;
constexpr absl::Duration kSlowRuns = absl::Seconds(20);

Series SeriesOf(const std::string& name, const std::string& unit) {
  return {.part = kPart,
          .name = name,
          .unit = unit,
          .more_is_better = false,
          .values = {},
          .reference = ""};
}

double Megabytes(const testing::Program& program, const std::string& field) {
  return static_cast<double>(program.process.StatusKb(field)) / 1024;
}

// Listens to a gateway's events as a browser does, and keeps none of them.
class Listener {
 public:
  explicit Listener(const testing::Program& gateway) : client_("127.0.0.1", gateway.http_port) {
    client_.set_read_timeout(60);
    thread_ = std::thread([this] {
      client_.Get("/api/events", [this](const char*, std::size_t size) {
        bytes_ += static_cast<std::int64_t>(size);
        return !stopping_;
      });
    });
  }
  ~Listener() {
    stopping_ = true;
    client_.stop();
    thread_.join();
  }
  std::int64_t bytes() const { return bytes_; }

 private:
  httplib::Client client_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> bytes_ = 0;
  std::thread thread_;
};

void MeasureScheduler(const BenchOptions& options, const std::string& url, const std::string& name,
                      double period_seconds, Report* report) {
  ControlSettings settings;
  settings.due = kDue;
  settings.period_seconds = period_seconds;
  settings.database_url = url;
  {
    ControlLoad load(options, settings);
    testing::Program& gateway = load.stack().StartGateway();
    load.stack().AwaitReady(gateway);
    Listener listener(gateway);
    testing::AwaitOrDie("the gateway's events", [&] { return listener.bytes() > 0; });
    load.Begin();
    const std::int64_t told = listener.bytes();
    const double rate = load.Rate(absl::ToDoubleSeconds(kWatched));
    const testing::Program& scheduler = *load.stack().schedulers()[0];
    report->AddValue(SeriesOf(name, "MB"), Megabytes(scheduler, "VmHWM"));
    report->Note(kPart, name,
                 fmt::format("{:.0f} cycles/s, {} MB at the end and {} MB of the gateway's, {:.1f} "
                             "MB of events, the last time",
                             rate, static_cast<int>(Megabytes(scheduler, "VmRSS")),
                             static_cast<int>(Megabytes(gateway, "VmRSS")),
                             static_cast<double>(listener.bytes()) / 1e6));
    if (listener.bytes() == told) report->Problem("memory: the gateway told nothing");
    if (const std::string problem = load.End(); !problem.empty())
      report->Problem(fmt::format("memory: {}: {}", name, problem));
  }
  TidyFilledDatabase(url);
}

void MeasureExecutor(const BenchOptions& options, Report* report) {
  SlowUpstream upstream(kOrigins, kUpstreamDelay);
  ControlSettings settings;
  settings.executors = 1;
  settings.slots = kRuns;
  settings.due = kRuns;
  settings.configs.clear();
  for (const std::string& url : upstream.urls()) settings.configs.push_back(ItemsConfig(url));
  ControlLoad load(options, settings);
  load.Begin();
  const testing::Program& executor = *load.stack().executors()[0];
  const double before = executor.process.ProcessorSeconds();
  const double cycles_before = load.Cycles();
  const absl::Time begin = absl::Now();
  double held = 0;
  int looks = 0;
  for (; absl::Now() - begin < kSlowRuns; ++looks) {
    absl::SleepFor(absl::Milliseconds(50));
    held += static_cast<double>(upstream.held());
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  const double busy = (executor.process.ProcessorSeconds() - before) * 100 / seconds;
  const double cycles = load.Cycles() - cycles_before;
  held /= looks;
  report->AddValue(SeriesOf("executor", "MB"), Megabytes(executor, "VmHWM"));
  report->AddValue(SeriesOf("executor's time", "% of a core"), busy);
  report->Note(
      kPart, "executor",
      fmt::format("{:.0f} of {} runs wait at the upstream on average, {:.0f} runs/s, {:.0f} "
                  "us of the executor each, the last time",
                  held, kRuns, cycles / seconds, busy * 1e4 * seconds / cycles));
  // A figure of few runs at once would be no figure of a thousand.
  if (held < kRuns * 0.8)
    report->Problem(fmt::format("memory: only {:.0f} of {} runs waited at once", held, kRuns));
  const std::string problem = load.End();
  if (!problem.empty()) report->Problem("memory: executor: " + problem);
  const auto ended = static_cast<std::int64_t>(load.Cycles());
  if (upstream.answered() != ended)
    report->Problem(fmt::format("memory: {} requests for {} runs", upstream.answered(), ended));
}

}  // namespace

void MeasureMemory(const BenchOptions& options, Report* report) {
  report->Note(
      kPart, "scheduler",
      fmt::format("{} integrations, {} of them due again and again, a gateway that watches",
                  kIntegrations, kDue));
  const std::string url = FilledDatabase(*options.cluster, kIntegrations - kDue, 0);
  const std::string usual = fmt::format("scheduler, {:.0f} cycles/s", kUsualCycles);
  const std::string most = "scheduler, full load";
  for (int i = 0; i < options.repetitions; ++i) {
    MeasureScheduler(options, url, usual, kDue / kUsualCycles, report);
    MeasureScheduler(options, url, most, 0, report);
    MeasureExecutor(options, report);
    fmt::print("  {} of {}\n", i + 1, options.repetitions);
    std::fflush(stdout);
  }
  for (const Series& series : report->series()) {
    if (series.part != kPart) continue;
    const double goal = series.unit != "MB" ? 15 : series.name == "executor" ? 200 : 150;
    report->Goal(kPart, series.name + ", " + series.unit, Quantile(series.values, 1), goal);
  }
}

}  // namespace syncline::bench
