#include "tests/chaos/scenarios.h"

#include <fmt/format.h>

#include <csignal>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "tests/chaos/load.h"

namespace syncline::chaos {
namespace {

using testing::Program;
using testing::Stack;
using testing::TestCluster;

constexpr absl::Duration kBetweenKills = absl::Seconds(3);
constexpr absl::Duration kDead = absl::Seconds(1);
constexpr absl::Duration kLongestRecovery = absl::Seconds(120);
constexpr absl::Duration kLongestSilence = absl::Seconds(10);  // after the database is back
constexpr std::int64_t kSchedulerLimitKb = 102'400;
constexpr std::int64_t kExecutorLimitKb = 153'600;

std::unique_ptr<Stack> StartFleet(const Options& options, TestCluster* cluster) {
  auto stack =
      std::make_unique<Stack>(testing::StackOptions{.schedulers = options.schedulers,
                                                    .executors = 0,
                                                    .slots = options.slots,
                                                    .lease = absl::FormatDuration(options.lease),
                                                    .cluster = cluster,
                                                    .database_port = 0,
                                                    .environment = {{"LOG_LEVEL", "info"}}});
  fmt::print("logs: {}\n", stack->directory());
  return stack;
}

void StartExecutors(const Options& options, Stack& stack) {
  for (int i = 0; i < options.executors; ++i)
    stack.AwaitReady(stack.StartExecutor({}, stack.SchedulerAddresses()));
}

std::vector<Program*> ProgramsOf(Stack& stack) {
  std::vector<Program*> programs;
  for (const auto& scheduler : stack.schedulers()) programs.push_back(scheduler.get());
  for (const auto& executor : stack.executors()) programs.push_back(executor.get());
  return programs;
}

void SleepUntil(absl::Time time) { absl::SleepFor(time - absl::Now()); }

// Waits until all have synced and nothing is active; false when that takes too long.
bool AwaitAllSynced(Load& load, int integrations) {
  const absl::Time end = absl::Now() + kLongestRecovery;
  while (load.synced() < integrations || load.active() > 0) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(200));
  }
  return true;
}

std::vector<std::string> Judge(Load& load, const Options& options, absl::Time calm) {
  std::vector<std::string> problems;
  if (!AwaitAllSynced(load, options.integrations)) {
    problems.push_back(fmt::format("{} s later, {} of {} have synced and {} runs are active",
                                   absl::ToInt64Seconds(kLongestRecovery), load.synced(),
                                   options.integrations, load.active()));
  }
  fmt::print("all done {:.1f} s later: {} pages, {} records, {} takeovers\n",
             absl::ToDoubleSeconds(absl::Now() - calm), load.sum("pages"), load.sum("created"),
             load.sum("takeovers"));
  for (std::string& problem : load.Problems()) problems.push_back(std::move(problem));
  return problems;
}

}  // namespace

std::vector<std::string> KillProcesses(const Options& options) {
  TestCluster cluster;
  const auto stack = StartFleet(options, &cluster);
  Load load(stack.get(), options.delay);
  load.Create(options.integrations);
  StartExecutors(options, *stack);
  std::mt19937 random(options.seed);
  const std::vector<Program*> programs = ProgramsOf(*stack);
  const absl::Time begin = absl::Now();
  absl::Time calm = begin;
  int schedulers_killed = 0;
  int executors_killed = 0;
  for (absl::Time next = begin; next < begin + absl::Seconds(options.seconds);
       next += kBetweenKills) {
    SleepUntil(next);
    Program& victim = *programs[random() % programs.size()];
    (victim.port == 0 ? executors_killed : schedulers_killed) += 1;
    calm = absl::Now();
    victim.process.Kill();
    fmt::print("{:5.1f} s: killed {}; {} synced, {} active\n", absl::ToDoubleSeconds(calm - begin),
               victim.port == 0 ? victim.environment.at("SYNC_EXECUTOR_NAME")
                                : fmt::format("the scheduler at {}", victim.port),
               load.synced(), load.active());
    std::fflush(stdout);
    SleepUntil(calm + kDead);
    stack->Restart(victim);
  }
  fmt::print("{} schedulers and {} executors killed\n", schedulers_killed, executors_killed);
  std::vector<std::string> problems = Judge(load, options, calm);
  if (!problems.empty()) stack->KeepLogs();
  return problems;
}

std::vector<std::string> StopDatabase(const Options& options) {
  TestCluster cluster;
  const auto stack = StartFleet(options, &cluster);
  Load load(stack.get(), options.delay);
  load.Create(options.integrations);
  StartExecutors(options, *stack);
  testing::AwaitOrDie("a tenth to be synced",
                      [&] { return load.synced() >= options.integrations / 10; });
  const std::int64_t synced_before = load.synced();
  cluster.Stop(SIGINT);
  fmt::print("the database is stopped; {} synced\n", synced_before);
  std::fflush(stdout);
  absl::SleepFor(absl::Seconds(options.seconds));
  std::vector<std::string> problems;
  for (const Program* program : ProgramsOf(*stack)) {
    if (Stack::ReadyStatus(*program) != 503)
      problems.push_back(program->log_file + ": says that it is ready without a database");
  }
  cluster.Start();
  const absl::Time back = absl::Now();
  stack->ReopenDatabase();
  const std::int64_t pages = load.sum("pages");
  testing::AwaitOrDie("work to go on", [&] { return load.sum("pages") > pages; });
  fmt::print("the first run ended {:.1f} s after the database was back\n",
             absl::ToDoubleSeconds(absl::Now() - back));
  if (absl::Now() - back > kLongestSilence) problems.emplace_back("that took too long");
  for (std::string& problem : Judge(load, options, back)) problems.push_back(std::move(problem));
  if (load.sum("takeovers") > 0) problems.emplace_back("runs were taken over");
  for (const Program* program : ProgramsOf(*stack)) {
    const int lines = testing::CountLines(program->log_file, "\"database is away\"");
    if (lines != 1)
      problems.push_back(
          fmt::format("{}: {} lines that the database is away", program->log_file, lines));
  }
  if (!problems.empty()) stack->KeepLogs();
  return problems;
}

std::vector<std::string> MeasureMemory(const Options& options) {
  TestCluster cluster;
  const auto stack = StartFleet(options, &cluster);
  Load load(stack.get(), options.delay, 4);
  load.Create(options.integrations);
  StartExecutors(options, *stack);
  const std::int64_t in_flight = static_cast<std::int64_t>(options.executors) * options.slots;
  testing::AwaitOrDie("the slots to be full", [&] {
    return testing::QueryInt(stack->db(),
                             "SELECT count(*) FROM syncline.live WHERE state = 'RUNNING'") >=
           in_flight * 9 / 10;
  });
  absl::SleepFor(absl::Seconds(options.seconds));
  std::vector<std::string> problems;
  fmt::print("{} integrations, {} synced, {} runs in flight\n", options.integrations, load.synced(),
             load.active());
  for (const Program* program : ProgramsOf(*stack)) {
    const bool scheduler = program->port != 0;
    const std::int64_t most = program->process.StatusKb("VmHWM");
    fmt::print("{}: VmRSS {:.1f} MB, VmHWM {:.1f} MB\n", scheduler ? "scheduler" : "executor",
               static_cast<double>(program->process.StatusKb("VmRSS")) / 1024,
               static_cast<double>(most) / 1024);
    const std::int64_t limit = scheduler ? kSchedulerLimitKb : kExecutorLimitKb;
    if (most == 0 || most >= limit) {
      problems.push_back(fmt::format("{} kB are not under {} kB", most, limit));
    }
  }
  if (testing::QueryInt(stack->db(),
                        "SELECT count(*) FROM syncline.sync_history WHERE status <> 'SUCCESS'") > 0)
    problems.emplace_back("runs failed");
  return problems;
}

}  // namespace syncline::chaos
