// bench-executor: sync-executor with one more connector, which does nothing: an integration whose
// config is {} has no streams, so that its run is claimed, completed and finished and no more. The
// shipped executor ends such a run as CONFIG.
#include "executor/app/startup.h"

int main(int argc, char** argv) {
  using namespace syncline::executor;
  return RunExecutor(
      argc, argv,
      [](const Assignment& assignment, const syncline::crypto::CredentialCipher& cipher,
         ParsedConfigs* configs) -> SyncResult<PreparedRun> {
        if (assignment.config_json == "{}")
          return PreparedRun{.parsed = std::make_shared<ParsedConfig>(), .credentials = {}};
        return PrepareRun(assignment, cipher, configs);
      });
}
