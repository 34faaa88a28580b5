#include "scheduler/core/explain.h"

#include <gtest/gtest.h>

#include <functional>

namespace syncline::scheduler {
namespace {

absl::Time Clock(int hour, int minute, int second = 0) {
  return absl::FromCivil(absl::CivilSecond(2026, 11, 24, hour, minute, second),
                         absl::UTCTimeZone());
}

Integration Scheduled() {
  Integration integration;
  integration.type = "REST";
  integration.status = "NEVER_SYNCED";
  integration.next_sync_at = Clock(14, 30);
  return integration;
}

SyncLog Sync(const std::string& status, const std::string& reason) {
  SyncLog sync;
  sync.status = status;
  sync.wait_reason = reason;
  sync.created_at = Clock(14, 0);
  sync.executor = "e1";
  return sync;
}

QueueFigures Fleet() {
  QueueFigures figures;
  figures.now = Clock(14, 1);
  figures.executors = 2;
  figures.slots = 128;
  figures.busy_slots = 128;
  return figures;
}

struct Case {
  const char* name;
  std::function<void(Integration&, QueueFigures&)> make;
  const char* expected;
};

// NOLINTNEXTLINE(bugprone-exception-escape): the table is built once, before the tests.
const Case kCases[] = {
    {"rate-limited",
     [](Integration& i, QueueFigures&) {
       i.active_sync = Sync("PENDING", "RATE_LIMIT");
       i.active_sync->wait_until = Clock(14, 3, 10);
       i.active_sync->wait_detail = "api.example.com answered 429";
     },
     "Waits until 2026-11-24 14:03:10 UTC because the remote asked for it: api.example.com "
     "answered 429; attempt 1 of 4.\nThe next scheduled sync is at 2026-11-24 14:30:00 UTC."},
    {"backoff",
     [](Integration& i, QueueFigures&) {
       i.active_sync = Sync("PENDING", "BACKOFF");
       i.active_sync->attempt = 2;
       i.active_sync->wait_until = Clock(14, 2);
       i.active_sync->wait_detail = "retry 1 of 3 after: HTTP 503";
     },
     "Waits until 2026-11-24 14:02:00 UTC before it tries again: retry 1 of 3 after: HTTP 503; "
     "attempt 2 of 4.\nThe next scheduled sync is at 2026-11-24 14:30:00 UTC."},
    {"beyond max_retries",
     [](Integration& i, QueueFigures&) {
       i.settings.max_retries = 0;
       i.active_sync = Sync("PENDING", "DISPATCHING");
       i.active_sync->attempt = 2;
     },
     "Is on its way to executor e1; attempt 2.\n"
     "The next scheduled sync is at 2026-11-24 14:30:00 UTC."},
    {"running",
     [](Integration& i, QueueFigures&) {
       i.active_sync = Sync("RUNNING", "");
       i.active_sync->started_at = Clock(14, 0, 30);
       i.active_sync->counts.pages = 1;
       i.active_sync->counts.fetched = 200;
     },
     "Is running on executor e1 since 2026-11-24 14:00:30 UTC: 1 page with 200 records so far; "
     "attempt 1 of 4.\nThe next scheduled sync is at 2026-11-24 14:30:00 UTC."},
    {"for a slot", [](Integration& i, QueueFigures&) { i.active_sync = Sync("PENDING", "SLOT"); },
     "Waits since 2026-11-24 14:00:00 UTC for a free slot of an executor (128 of 128 slots taken "
     "on 2 executors); attempt 1 of 4.\nThe next scheduled sync is at 2026-11-24 14:30:00 UTC."},
    {"no executor",
     [](Integration& i, QueueFigures& figures) {
       figures.executors = 0;
       i.next_sync_at = Clock(13, 59);
     },
     "Is due since 2026-11-24 13:59:00 UTC and waits for a free slot of an executor (no executor "
     "was heard of within the last lease)."},
    {"switched off by the system",
     [](Integration& i, QueueFigures&) {
       i.settings.enabled = false;
       i.disabled_reason = "reconnect needed: HTTP 401";
       i.next_sync_at.reset();
       i.last_sync = LastSync{};
       i.last_sync->status = "FAILED";
       i.last_sync->ended_at = Clock(13, 0);
       i.last_sync->error_class = "AUTH";
       i.last_sync->error_message = "HTTP 401";
     },
     "Is not running: it was switched off: reconnect needed: HTTP 401.\n"
     "The last sync ended 2026-11-24 13:00:00 UTC with AUTH: HTTP 401.\n"
     "Nothing is scheduled until it is enabled; a trigger still runs it."},
    {"blocked", [](Integration& i, QueueFigures&) { i.blocked_reason = "executors died"; },
     "Is not running: it is blocked: executors died.\n"
     "Its schedule goes on after a change of its config or a manual trigger."},
    {"healthy and manual only",
     [](Integration& i, QueueFigures&) {
       i.settings.interval.reset();
       i.next_sync_at.reset();
       i.last_sync = LastSync{};
       i.last_sync->status = "SUCCESS";
       i.last_sync->ended_at = Clock(13, 0);
       i.last_sync->counts.fetched = 249;
       i.last_sync->counts.created = 2;
     },
     "Is not running: nothing is due.\n"
     "The last sync ended 2026-11-24 13:00:00 UTC with SUCCESS: 249 records, 2 created, 0 "
     "updated, 0 deleted.\n"
     "Nothing is scheduled, since it has no interval: it runs when triggered."},
    {"MANUAL", [](Integration& i, QueueFigures&) { i.type = "MANUAL"; },
     "Is filled by hand: it has no remote to sync from."},
};

TEST(Explain, SaysWhyAndWhatHappensNext) {
  for (const Case& test : kCases) {
    SCOPED_TRACE(test.name);
    Integration integration = Scheduled();
    QueueFigures figures = Fleet();
    test.make(integration, figures);
    EXPECT_EQ(Explain(integration, figures), test.expected);
  }
}

}  // namespace
}  // namespace syncline::scheduler
