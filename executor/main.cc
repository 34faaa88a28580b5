// sync-executor: takes runs from a scheduler and carries them out.
#include "executor/app/startup.h"

int main(int argc, char** argv) { return syncline::executor::RunExecutor(argc, argv); }
