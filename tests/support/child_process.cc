#include "tests/support/child_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

namespace syncline::testing {
namespace {

// Below those that Linux gives to connections (from 32768): one of those may take a port that was
// free a moment ago before the program that is to listen there has started.
constexpr int kFirstPort = 10000;
constexpr int kLastPort = 32767;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "test support: %s\n", what.c_str());
  std::abort();
}

// Becomes `uid` for good. Where / itself is closed to everyone but root (a chroot in a private
// folder), another user cannot even load a library: it keeps the one capability that opens folders
// to it.
bool Become(uid_t uid) {
  const passwd* user = getpwuid(uid);  // NOLINT(concurrency-mt-unsafe): a child has one thread
  if (user == nullptr) return false;
  prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP);
  if (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(uid) != 0) return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct kept[2] = {};
  kept[0].effective = kept[0].permitted = kept[0].inheritable = 1U << CAP_DAC_READ_SEARCH;
  if (syscall(SYS_capset, &header, kept) != 0) return false;
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0);
  return chdir("/") == 0;  // from where it was started may be closed too
}

[[noreturn]] void RunChild(const ChildOptions& options) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);  // NOLINT(concurrency-mt-unsafe)
  if (!options.log_file.empty()) {
    const int log = open(options.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (log >= 0) {
      dup2(log, STDOUT_FILENO);
      dup2(log, STDERR_FILENO);
    }
  }
  if (options.run_as && geteuid() == 0 && !Become(*options.run_as)) _exit(126);
  // After setuid, which clears it: a test that dies takes its children along.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const auto& [key, value] : options.environment)
    setenv(key.c_str(), value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  std::vector<char*> arguments;
  for (const std::string& argument : options.command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

struct ProcessTimes {
  pid_t parent = 0;
  double own = 0;     // seconds
  double reaped = 0;  // of its children that have ended
};

// Of a process that has ended: zeros.
ProcessTimes ReadTimes(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string text;
  std::getline(in, text);
  ProcessTimes times;
  // The second field is the name in parentheses; the parent is the 4th, and the times are the 14th
  // to the 17th.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return times;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  fields >> skipped >> times.parent;
  for (int i = 5; i < 14; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  double reaped_user = 0;
  double reaped_system = 0;
  fields >> user >> system >> reaped_user >> reaped_system;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  times.own = (user + system) / ticks;
  times.reaped = (reaped_user + reaped_system) / ticks;
  return times;
}

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
  pid_ = fork();
  if (pid_ < 0) Die("fork failed");
  if (pid_ == 0) RunChild(options);
}

ChildProcess::~ChildProcess() { Kill(); }

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    Kill();
    pid_ = other.pid_;
    other.pid_ = -1;
  }
  return *this;
}

double ChildProcess::ProcessorSeconds() const { return ReadTimes(std::to_string(pid_)).own; }

double ChildProcess::FamilyProcessorSeconds() const {
  const ProcessTimes parent = ReadTimes(std::to_string(pid_));
  double seconds = parent.own + parent.reaped;
  std::error_code ended;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ended)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const ProcessTimes child = ReadTimes(name);
    if (child.parent == pid_) seconds += child.own;
  }
  return seconds;
}

void ChildProcess::Signal(int signal_number) const {
  if (pid_ > 0) kill(pid_, signal_number);
}

std::optional<int> ChildProcess::Wait(absl::Duration limit) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(limit);
  while (pid_ > 0) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (std::chrono::steady_clock::now() > end) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return std::nullopt;
}

std::int64_t ChildProcess::StatusKb(const std::string& field) const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(field + ":", 0) == 0) return std::stoll(line.substr(field.size() + 1));
  }
  return 0;
}

void ChildProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
}

void RunOrDie(const ChildOptions& options) {
  ChildProcess child(options);
  const auto status = child.Wait(absl::Minutes(2));
  if (status != 0) Die(options.command[0] + " failed; see " + options.log_file);
}

int FreePort() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(kFirstPort, kLastPort);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const int port = ports(random);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool free = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(listener);
    if (free) return port;
  }
  Die("no free port");
}

}  // namespace syncline::testing
