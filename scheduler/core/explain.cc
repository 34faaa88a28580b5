#include "scheduler/core/explain.h"

#include <fmt/format.h>

namespace syncline::scheduler {
namespace {

std::string At(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

std::string Plural(std::int64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "" or ": text".
std::string Because(const std::string& text) { return text.empty() ? "" : ": " + text; }

std::string Capacity(const QueueFigures& figures) {
  if (figures.executors == 0) return "no executor was heard of within the last lease";
  return fmt::format("{} of {} taken on {}", figures.busy_slots, Plural(figures.slots, "slot"),
                     Plural(figures.executors, "executor"));
}

std::string AttemptOf(const SyncLog& sync, int max_retries) {
  // Retries after AUTH and INTERNAL come on top of max_retries.
  if (sync.attempt > max_retries + 1) return fmt::format("attempt {}", sync.attempt);
  return fmt::format("attempt {} of {}", sync.attempt, max_retries + 1);
}

std::string Until(const SyncLog& sync) {
  return sync.wait_until ? "until " + At(*sync.wait_until) : "a moment";
}

std::string Waiting(const SyncLog& sync, const QueueFigures& figures) {
  const std::string& why = sync.wait_reason;
  if (why == "DISPATCHING") return "Is on its way to executor " + sync.executor;
  if (why == "BACKOFF")
    return fmt::format("Waits {} before it tries again{}", Until(sync), Because(sync.wait_detail));
  if (why == "RATE_LIMIT")
    return fmt::format("Waits {} because the remote asked for it{}", Until(sync),
                       Because(sync.wait_detail));
  if (why == "DRAINED")
    return fmt::format(
        "Was given back by executor {}, which is going away, and goes on from its "
        "checkpoint with the next free slot ({})",
        sync.executor, Capacity(figures));
  if (why == "EXECUTOR_LOST")
    return fmt::format(
        "Lost its executor {} and goes on from its checkpoint with the next free "
        "slot ({})",
        sync.executor, Capacity(figures));
  if (why == "CONFIG_CHANGED")
    return fmt::format(
        "Begins again with its new config or credentials with the next free slot "
        "({})",
        Capacity(figures));
  if (why == "REFUSED")
    return fmt::format(
        "Was not taken by executor {}{}; offered again, to another one if there is "
        "one, {}",
        sync.executor, Because(sync.wait_detail),
        sync.wait_until ? "at " + At(*sync.wait_until) : "in a moment");
  return fmt::format("Waits since {} for a free slot of an executor ({})", At(sync.created_at),
                     Capacity(figures));
}

std::string Active(const SyncLog& sync, int max_retries, const QueueFigures& figures) {
  const std::string attempt = AttemptOf(sync, max_retries);
  if (sync.status != "RUNNING") return Waiting(sync, figures) + "; " + attempt + ".";
  return fmt::format("Is running on executor {} since {}: {} with {} so far; {}.", sync.executor,
                     At(sync.started_at.value_or(sync.created_at)),
                     Plural(sync.counts.pages, "page"), Plural(sync.counts.fetched, "record"),
                     attempt);
}

std::string Idle(const Integration& integration, const QueueFigures& figures) {
  if (integration.type == "MANUAL") return "Is filled by hand: it has no remote to sync from.";
  if (!integration.settings.enabled) {
    return integration.disabled_reason.empty()
               ? "Is not running: it was switched off by a user."
               : "Is not running: it was switched off: " + integration.disabled_reason + ".";
  }
  if (!integration.blocked_reason.empty())
    return "Is not running: it is blocked: " + integration.blocked_reason + ".";
  if (integration.next_sync_at && *integration.next_sync_at <= figures.now)
    return fmt::format("Is due since {} and waits for a free slot of an executor ({}).",
                       At(*integration.next_sync_at), Capacity(figures));
  return "Is not running: nothing is due.";
}

std::string Last(const LastSync& last) {
  if (last.status == "SUCCESS")
    return fmt::format(
        "The last sync ended {} with SUCCESS: {}, {} created, {} updated, {} "
        "deleted.",
        At(last.ended_at), Plural(last.counts.fetched, "record"), last.counts.created,
        last.counts.updated, last.counts.deleted);
  return fmt::format("The last sync ended {} with {}{}.", At(last.ended_at), last.error_class,
                     Because(last.error_message));
}

std::string Next(const Integration& integration, const QueueFigures& figures) {
  const SyncSettings& settings = integration.settings;
  if (integration.type == "MANUAL") return "";
  if (!settings.enabled)
    return "Nothing is scheduled until it is enabled; a trigger still runs it.";
  if (!settings.interval)
    return "Nothing is scheduled, since it has no interval: it runs when triggered.";
  if (!integration.blocked_reason.empty())
    return "Its schedule goes on after a change of its config or a manual trigger.";
  if (!integration.next_sync_at || *integration.next_sync_at <= figures.now) return "";
  return fmt::format("The next scheduled sync is at {}.", At(*integration.next_sync_at));
}

}  // namespace

std::string Explain(const Integration& integration, const QueueFigures& figures) {
  std::string text = integration.active_sync ? Active(*integration.active_sync,
                                                      integration.settings.max_retries, figures)
                                             : Idle(integration, figures);
  if (integration.last_sync) text += "\n" + Last(*integration.last_sync);
  if (const std::string next = Next(integration, figures); !next.empty()) text += "\n" + next;
  return text;
}

}  // namespace syncline::scheduler
