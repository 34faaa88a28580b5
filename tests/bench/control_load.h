// A whole Syncline whose integrations are due again as soon as they have ended, with a connector
// that does nothing: what is left is the cycle itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/bench/parts.h"
#include "tests/e2e/stack.h"

namespace syncline::bench {

inline constexpr int kControlIntegrations = 5000;

struct ControlSettings {
  int executors = 2;
  int slots = 1000;  // of each executor
  // Until an integration is due again after its end.
  double pause_seconds = 0;
};

class ControlLoad {
 public:
  // Starts the programs; nothing is due before Begin.
  ControlLoad(const BenchOptions& options, const ControlSettings& settings);

  // Makes everything due and waits until it is warm.
  void Begin();
  // Cycles that have ended so far, as the schedulers count them.
  double Cycles();
  // Ends the load, and says what is wrong with the rows that it left; empty when they add up.
  std::string End();
  // Where the database's time went, the most expensive statements first.
  std::string Profile();

  testing::Stack& stack() { return stack_; }
  static std::string Describe(const ControlSettings& settings);

 private:
  testing::Stack stack_;
  const ControlSettings settings_;
};

// Makes `count` integrations for `config`, due now when `due`.
void InsertIntegrations(postgres::Connection& db, int count, const std::string& name,
                        const std::string& config, bool due);

// What every contestant's tables must say after `cycles` cycles: as many history rows, all of them
// successes, no live row left, and each integration's summary is that of one of its history rows.
// Empty when they do.
std::string CheckRows(postgres::Connection& db, std::int64_t cycles);

}  // namespace syncline::bench
