// A whole Syncline whose integrations are due again as soon as they have ended, with a connector
// that does nothing: what is left is the cycle itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/parts.h"
#include "tests/e2e/stack.h"

namespace syncline::bench {

inline constexpr int kControlIntegrations = 5000;

struct ControlSettings {
  int schedulers = 1;
  int executors = 2;  // shared equally between the schedulers
  int slots = 1000;   // of each executor
  int due = kControlIntegrations;
  // Between two ticks of an integration; 0: due again at once.
  double period_seconds = 0;
  // What the due ones do, in turn; {} is the connector that does nothing.
  std::vector<std::string> configs = {"{}"};
  // A database that is there already; empty: a fresh one.
  std::string database_url = "";
  testing::Environment environment = {};  // on top of the load's own
};

class ControlLoad {
 public:
  // Starts the programs; nothing is due before Begin.
  ControlLoad(const BenchOptions& options, const ControlSettings& settings);

  // Makes everything due and waits until it is warm.
  void Begin();
  // Changes the period of the integrations that end from now on.
  void SetPeriod(double seconds);
  // Cycles that have ended well so far, as the schedulers count them.
  double Cycles();
  // Cycles a second, over so many seconds from now.
  double Rate(double seconds);
  // Ends the load and waits for the last runs.
  void Stop();
  // Claims that came to nothing, after Stop: those of an integration that was due again before its
  // executor had heard that its last run was written down, and refused.
  std::int64_t RefusedClaims();
  // Stops, and says what is wrong with the rows that it left; empty when they add up.
  std::string End();
  // With --profile: forgets the statements so far.
  void BeginProfile();
  // Where the database's time went, the most expensive statements first.
  std::string Profile();

  testing::Stack& stack() { return stack_; }
  static std::string Describe(const ControlSettings& settings);

 private:
  const ControlSettings settings_;
  const bool profile_;
  testing::Stack stack_;
  std::string began_;  // by the database's clock
};

// Makes `count` integrations for `config`, due now when `due`.
void InsertIntegrations(postgres::Connection& db, int count, const std::string& name,
                        const std::string& config, bool due);

// The config of one stream of an upstream's items.
std::string ItemsConfig(const std::string& url);

// What every contestant's tables must say after `cycles` cycles: as many history rows, all of them
// successes, no live row left, and each integration's summary is that of one of its history rows.
// Empty when they do. History from before `since` is somebody else's.
std::string CheckRows(postgres::Connection& db, std::int64_t cycles,
                      const std::string& since = "-infinity");

}  // namespace syncline::bench
