#include "tests/support/test_cluster.h"

#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <thread>
#include <utility>

#include "migrations/migrations.h"

namespace syncline::testing {
namespace {

constexpr char kBin[] = "/usr/lib/postgresql/15/bin/";

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "test cluster: %s\n", what.c_str());
  std::abort();
}

// PostgreSQL refuses to run as root: then the package's own user runs it.
std::optional<uid_t> ServerUser() {
  if (geteuid() != 0) return std::nullopt;
  // Called before any thread of the test starts.
  const passwd* user = getpwnam("postgres");  // NOLINT(concurrency-mt-unsafe)
  if (user == nullptr) Die("there is no user 'postgres'; is the package postgresql-15 installed?");
  return user->pw_uid;
}

}  // namespace

TestCluster& TestCluster::Get() {
  static TestCluster cluster;
  return cluster;
}

TestCluster::TestCluster(ClusterOptions options) : options_(std::move(options)), port_(FreePort()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "syncline-pg-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Die("mkdtemp failed");
  directory_ = pattern;
  const auto user = ServerUser();
  if (user && chown(directory_.c_str(), *user, static_cast<gid_t>(-1)) != 0) Die("chown failed");
  RunOrDie({.command = {std::string(kBin) + "initdb", "-D", directory_ + "/data", "-U", "postgres",
                        "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
            .environment = {},
            .log_file = directory_ + "/initdb.log",
            .run_as = user});
  Start();
}

TestCluster::~TestCluster() {
  if (server_ != nullptr) Stop(SIGQUIT);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void TestCluster::Launch() {
  std::vector<std::string> command = {std::string(kBin) + "postgres",
                                      "-D",
                                      directory_ + "/data",
                                      "-p",
                                      std::to_string(port_),
                                      "-k",
                                      directory_};
  std::vector<std::string> settings = {
      "listen_addresses=127.0.0.1", options_.durable ? "fsync=on" : "fsync=off",
      "max_connections=200",        "shared_buffers=64MB",
      "log_min_messages=warning",   "log_lock_waits=on",
      "timezone=Europe/Berlin"};
  // Of two with one name the server takes the last.
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  for (const std::string& setting : settings) {
    command.emplace_back("-c");
    command.push_back(setting);
  }
  server_ = std::make_unique<ChildProcess>(ChildOptions{.command = std::move(command),
                                                        .environment = {},
                                                        .log_file = log_file(),
                                                        .run_as = ServerUser()});
}

void TestCluster::Start() {
  Launch();
  for (int tries = 0; tries < 600; ++tries) {
    // After a crash, a server does not start before the last session of the one before has ended.
    if (server_->Wait(absl::ZeroDuration())) Launch();
    if (postgres::Connection::Open(Admin()).ok()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  Die("the server did not come up; see " + log_file());
}

void TestCluster::Stop(int signal_number) {
  server_->Signal(signal_number);
  if (!server_->Wait(absl::Seconds(30))) server_->Kill();
  server_.reset();
}

postgres::ConnectionOptions TestCluster::Admin() const {
  postgres::ConnectionOptions options;
  options.url = fmt::format("postgresql://postgres@127.0.0.1:{}/postgres", port_);
  options.statement_timeout = absl::Minutes(2);
  return options;
}

std::string TestCluster::Create(const std::string& how) {
  const std::string name = fmt::format("test_{}", ++databases_);
  auto admin = postgres::Connection::Open(Admin());
  if (!admin.ok()) Die(admin.status().ToString());
  const absl::Status made = (*admin)->RunScript(fmt::format("CREATE DATABASE {} {}", name, how));
  if (!made.ok()) Die(made.ToString());
  return fmt::format("postgresql://postgres@127.0.0.1:{}/{}", port_, name);
}

std::string TestCluster::NewEmptyDatabase() { return Create(""); }

std::string TestCluster::NewDatabase() {
  if (!template_made_) {
    postgres::ConnectionOptions options;
    options.url = Create("");
    {
      auto connection = postgres::Connection::Open(options);
      if (!connection.ok()) Die(connection.status().ToString());
      const auto migrated = postgres::Migrate(**connection, AllMigrations());
      if (!migrated.ok()) Die(migrated.status().ToString());
    }
    auto admin = postgres::Connection::Open(Admin());
    const absl::Status renamed =
        (*admin)->RunScript(fmt::format("ALTER DATABASE test_{} RENAME TO migrated", databases_));
    if (!renamed.ok()) Die(renamed.ToString());
    template_made_ = true;
  }
  return Create("TEMPLATE migrated");
}

std::unique_ptr<postgres::Connection> OpenOrDie(const std::string& url) {
  postgres::ConnectionOptions options;
  options.url = url;
  auto connection = postgres::Connection::Open(options);
  if (!connection.ok()) Die(connection.status().ToString());
  return std::move(connection).value();
}

std::string LoginAs(postgres::Connection& superuser, const std::string& role) {
  const std::string login = "login_" + role;
  const absl::Status made = superuser.RunScript(
      fmt::format("DO $$ BEGIN CREATE ROLE {0} LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object "
                  "THEN NULL; END $$; GRANT {1} TO {0}",
                  login, role));
  if (!made.ok()) Die(made.ToString());
  return login;
}

postgres::Result QueryOrDie(postgres::Connection& connection, const std::string& sql) {
  // Connection::Run names plans by address, so the text must stay where it is.
  static std::list<std::string>& texts = *new std::list<std::string>;
  texts.push_back(sql);
  auto result = connection.Run(texts.back());
  if (!result.ok()) Die(result.status().ToString() + " in " + sql);
  return std::move(result).value();
}

std::int64_t QueryInt(postgres::Connection& connection, const std::string& sql) {
  return QueryOrDie(connection, "SELECT (" + sql + ")::bigint AS value")[0].Int("value");
}

}  // namespace syncline::testing
