#include <unistd.h>
#include <csignal>
#include <stop_token>
#include <thread>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/shutdown.h"
#include "common/config/flags.h"
#include "common/http/health_check.h"
#include "common/rpc/grpc_lines.h"
#include "scheduler/app/operator_files.h"
#include "scheduler/app/scheduler_app.h"
#include "scheduler/app/tokens.h"

int main(int argc, char** argv) {
  syncline::scheduler::SchedulerOptions options;
  if (const auto exit = syncline::scheduler::ParseOptions(argc, argv, &options)) return *exit;
  if (!options.new_token.empty()) return syncline::scheduler::PrintNewToken(options.new_token);
  if (!options.operator_files.empty())
    return syncline::scheduler::CheckOperatorFiles(options.operator_files);
  if (options.health_check)
    return syncline::CheckHealth(options.http_listen, !options.tls.certificate.empty());
  if (const absl::Status armed = syncline::ArmFailpoint(); !armed.ok())
    return syncline::FailStart("sync-scheduler", std::string(armed.message()));
  syncline::rpc::LogGrpcLines();

  syncline::ShutdownSignals signals;
  if (options.migrate_only) {
    signals.ExitOnNext();  // each migration is a transaction
    return syncline::scheduler::Migrate(options);
  }
  std::stop_source stop;
  std::thread waiter([&] {
    const int signal_number = signals.WaitForFirst();
    syncline::LogInfo("draining", {{"signal", signal_number}});
    stop.request_stop();
  });
  const int status = syncline::scheduler::RunScheduler(options, stop.get_token());
  if (!stop.stop_requested()) kill(getpid(), SIGTERM);  // ended by itself: lets the waiter end too
  waiter.join();
  return status;
}
