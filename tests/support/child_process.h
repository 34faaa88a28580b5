// A child process of a test: started with an environment and a log file, killed with its parent.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syncline::testing {

struct ChildOptions {
  std::vector<std::string> command;                // program and arguments
  std::map<std::string, std::string> environment;  // added to ours
  std::string log_file;                            // stdout and stderr; empty: ours
  std::optional<uid_t> run_as;                     // drop to this user and its group (when root)
};

// Moves only. The destructor kills with SIGKILL and reaps.
class ChildProcess {
 public:
  ChildProcess() = default;  // none yet
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept : pid_(other.pid_) { other.pid_ = -1; }
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  pid_t pid() const { return pid_; }
  // A field of /proc/PID/status in kilobytes, as "VmHWM"; 0 when there is none.
  std::int64_t StatusKb(const std::string& field) const;
  // Processor time of all its threads so far; 0 when it has ended.
  double ProcessorSeconds() const;
  // The same with the processes that it has started itself: those that run, and those it has
  // reaped.
  double FamilyProcessorSeconds() const;
  void Signal(int signal_number) const;
  // Waits for the end; the exit status, 128 + n after signal n, or nullopt when it still runs after
  // `limit`.
  std::optional<int> Wait(absl::Duration limit);
  void Kill();  // SIGKILL, and reaped

 private:
  pid_t pid_ = -1;
};

// Runs a command to its end; ends the test process with a message when it fails.
void RunOrDie(const ChildOptions& options);

// A free TCP port of 127.0.0.1.
int FreePort();

}  // namespace syncline::testing
