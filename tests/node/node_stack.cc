// node-stack: a whole Syncline for the tests in examples/backend-node. Its two schedulers speak TLS
// and ask for tokens, and "readerUrl" is a login in the role syncline_reader. With --databases it
// only makes databases. See tests/e2e/stack_program.h.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "tests/e2e/stack.h"
#include "tests/e2e/stack_program.h"
#include "tests/support/test_authority.h"

namespace {

using syncline::testing::ServeStack;
using syncline::testing::Stack;
using syncline::testing::TestCluster;

// The URL of a login as docs/operations.md makes one for a backend.
std::string ReaderUrl(Stack& stack) {
  std::stringstream roles;
  roles << std::ifstream(SYNCLINE_ROLES_SQL).rdbuf();
  const absl::Status made = stack.db().RunScript(
      roles.str() + "CREATE ROLE backend LOGIN; GRANT syncline_reader TO backend;");
  if (!made.ok()) {
    std::fprintf(stderr, "node-stack: %s\n", made.ToString().c_str());
    std::abort();
  }
  std::string url = stack.database_url();
  return url.replace(url.find("postgres@"), 8, "backend");
}

void RunStack() {
  const syncline::testing::TestAuthority authority;
  const syncline::testing::CertificateFiles identity(authority.Issue("IP:127.0.0.1"));
  const std::string token = syncline::auth::NewToken();
  const syncline::auth::ScratchFile tokens, token_file;
  tokens.Write(syncline::auth::TokenLine("backend", token).value());
  token_file.Write(token);

  Stack stack({.schedulers = 0,
               .executors = 0,
               .environment = {{"SYNC_API_TOKENS", tokens.path()},
                               {"SYNC_TLS_CERT", identity.certificate()},
                               {"SYNC_TLS_KEY", identity.key()},
                               {"SYNC_TLS_CA", authority.path()}}});
  const std::string reader_url = ReaderUrl(stack);
  stack.StartScheduler();
  stack.StartScheduler();
  for (const auto& scheduler : stack.schedulers()) stack.AwaitReady(*scheduler);
  stack.AwaitReady(stack.StartExecutor({}, stack.SchedulerAddresses()));
  const auto kill = [&] {
    for (const auto& scheduler : stack.schedulers()) scheduler->process.Kill();
    return std::string();
  };
  const auto start = [&] {
    for (const auto& scheduler : stack.schedulers()) stack.Restart(*scheduler);
    for (const auto& scheduler : stack.schedulers()) stack.AwaitReady(*scheduler);
    return std::string();
  };
  ServeStack({{"schedulers", stack.SchedulerAddresses()},
              {"tokenFile", token_file.path()},
              {"authorityFile", authority.path()},
              {"sampleUrl", stack.sample_url()},
              {"databaseUrl", stack.database_url()},
              {"readerUrl", reader_url}},
             {{"/schedulers/kill", kill}, {"/schedulers/start", start}});
}

}  // namespace

int main(int argc, char** argv) {
  bool databases = false;
  CLI::App app("Runs a Syncline for the tests of the backend example, until its input ends");
  app.add_flag("--databases", databases,
               "only make databases: POST /databases gives the URL of one");
  CLI11_PARSE(app, argc, argv);
  if (databases) {
    ServeStack({}, {{"/databases", [] { return TestCluster::Get().NewDatabase(); }}});
  } else {
    RunStack();
  }
}
