// What the runs and checks of an executor share.
#pragma once

#include "common/base/clock.h"
#include "common/base/worker_pool.h"
#include "common/crypto/credential_cipher.h"
#include "executor/app/executor_metrics.h"
#include "executor/app/parsed_configs.h"
#include "executor/app/run_preparation.h"
#include "executor/core/event_loop.h"
#include "executor/core/rate_limits.h"
#include "executor/http/http_client.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

// All of it outlives them.
struct RunServices {
  EventLoop* loop = nullptr;
  HttpClient* http = nullptr;
  PageStore* store = nullptr;
  WorkerPool* compute = nullptr;   // parses and hashes
  WorkerPool* database = nullptr;  // one thread a connection
  RateLimits* rate_limits = nullptr;
  ParsedConfigs* configs = nullptr;
  const MonotonicClock* clock = nullptr;
  const crypto::CredentialCipher* cipher = nullptr;
  ExecutorMetrics* metrics = nullptr;
  Preparation prepare = PrepareRun;
};

}  // namespace syncline::executor
