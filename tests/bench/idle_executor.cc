// bench-executor: sync-executor with one more connector, which does nothing: an integration whose
// config is {} has no streams, so that its run is claimed, completed and finished and no more. The
// shipped executor ends such a run as CONFIG.
#include "executor/app/startup.h"

int main(int argc, char** argv) {
  using namespace syncline::executor;
  return RunExecutor(
      argc, argv,
      [](const Assignment& assignment, const syncline::crypto::CredentialCipher& cipher) {
        if (assignment.config_json == "{}") return SyncResult<PreparedRun>(PreparedRun{});
        return PrepareRun(assignment, cipher);
      });
}
