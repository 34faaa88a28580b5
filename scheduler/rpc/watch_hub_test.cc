#include "scheduler/rpc/watch_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>

namespace syncline::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const IntegrationKey kA{"", "a"};
const IntegrationKey kB{"", "b"};
const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

// Each look sees what the test gives it, and waits for it.
class ScriptedSource final : public ChangeSource {
 public:
  absl::StatusOr<ChangeScan> Scan(const ChangeCursor*) override {
    std::unique_lock lock(mutex_);
    idle_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return closed_ || !scans_.empty(); });
    if (closed_) return absl::UnavailableError("closed");
    idle_ = false;
    ChangeScan scan = std::move(scans_.front());
    scans_.pop_front();
    return scan;
  }

  // Returns once the hub has dealt with all looks before the one that now waits.
  void Show(std::map<IntegrationKey, ActiveRun> live) {
    std::unique_lock lock(mutex_);
    scans_.push_back({kStart + absl::Seconds(10 * ++shown_), std::move(live), {}, {}});
    idle_ = false;
    changed_.notify_all();
    changed_.wait(lock, [this] { return idle_ && scans_.empty(); });
  }
  void Close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ChangeScan> scans_;
  int shown_ = 0;
  bool idle_ = false;
  bool closed_ = false;
};

class WatchHubTest : public ::testing::Test {
 protected:
  ~WatchHubTest() override {
    source_.Close();
    hub_.Stop();
  }
  std::int64_t Open(const std::string& resume_token = "") {
    return hub_.Open({}, resume_token, {.on_ready = [] {}, .on_closed = [] {}}).value();
  }

  ScriptedSource source_;
  WatchHub hub_{&source_, absl::ZeroDuration()};
};

TEST_F(WatchHubTest, AStreamIsToldWhatChangedSinceItBegan) {
  const std::int64_t watch = Open();
  EXPECT_EQ(hub_.Begin(watch), std::nullopt);  // nobody has looked yet
  source_.Show({{kA, {1, 0}}});
  const auto start = hub_.Begin(watch);
  ASSERT_TRUE(start.has_value());
  EXPECT_FALSE(start->resumed);
  source_.Show({{kA, {1, 1}}, {kB, {1, 0}}});
  source_.Show({{kA, {1, 2}}, {kB, {1, 1}}});
  EXPECT_THAT(hub_.Take(watch, 10).ids, ElementsAre("a", "b"));  // merged
  EXPECT_THAT(hub_.Take(watch, 10).ids, IsEmpty());
}

TEST_F(WatchHubTest, AStreamThatGoesOnIsToldWhatItMissedHoweverLongARunWasToldMeanwhile) {
  const std::int64_t watch = Open();
  source_.Show({{kA, {1, 0}}, {kB, {1, 0}}});
  const std::string token = hub_.Begin(watch)->resume_token;
  source_.Show({{kA, {1, 0}}, {kB, {2, 0}}});
  const std::string newer = [&] {
    EXPECT_THAT(hub_.Take(watch, 10).ids, ElementsAre("b"));
    source_.Show({{kA, {1, 1}}, {kB, {2, 0}}});
    return hub_.Take(watch, 10).resume_token;
  }();
  // More progress than the hub remembers changes.
  for (std::int64_t page = 2; page < 25'000; ++page) source_.Show({{kA, {1, page}}, {kB, {2, 0}}});
  const std::int64_t resumed = Open(token);
  EXPECT_TRUE(hub_.Begin(resumed)->resumed);
  EXPECT_THAT(hub_.Take(resumed, 10).ids, ElementsAre("a", "b"));
  const std::int64_t later = Open(newer);
  EXPECT_TRUE(hub_.Begin(later)->resumed);
  EXPECT_THAT(hub_.Take(later, 10).ids, ElementsAre("a"));
}

TEST_F(WatchHubTest, AStreamThatMissedMoreThanIsRememberedBeginsAnew) {
  const std::int64_t watch = Open();
  std::map<IntegrationKey, ActiveRun> live;
  source_.Show(live);
  const std::string token = hub_.Begin(watch)->resume_token;
  for (int i = 0; i < 20'001; ++i) live[{"", "i" + std::to_string(i)}] = {1, 0};
  source_.Show(live);
  EXPECT_FALSE(hub_.Begin(Open(token))->resumed);
  EXPECT_FALSE(hub_.Begin(Open("of-another-life.1"))->resumed);
}

}  // namespace
}  // namespace syncline::scheduler
