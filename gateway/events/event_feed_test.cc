#include "gateway/events/event_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "gateway/events/event_hub.h"

namespace syncline::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = EventFeed::Reader::Outcome;

constexpr absl::Duration kNow = absl::ZeroDuration();

// All that a reader is told until it would wait.
std::string Told(EventFeed::Reader& reader) {
  std::string all;
  std::string text;
  while (reader.Next(kNow, text) == Outcome::kText) all += text;
  return all;
}

std::string Event(const std::string& id, const std::string& name, const std::string& data) {
  return (id.empty() ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: " + data + "\n\n";
}

void FillFirst(EventFeed& feed) {
  feed.BeginSnapshot();
  feed.Put("a", "A1");
  feed.Put("b", "B1");
  feed.EndSnapshot();
  feed.SetConnected(true);
}

TEST(EventFeed, TellsASnapshotAndThenChanges) {
  EventFeed feed("feed", 100, 1 << 20);
  EventFeed::Reader reader(&feed, {}, "");
  EXPECT_EQ(Told(reader), Event("", "upstream", R"({"connected":false})"));
  FillFirst(feed);
  EXPECT_EQ(Told(reader), Event("", "upstream", R"({"connected":true})") +
                              Event("", "snapshot-begin", "{}") + Event("", "integration", "B1") +
                              Event("", "integration", "A1") +
                              Event("feed-0", "snapshot-end", "{}"));
  feed.Put("a", "A2");
  feed.Put("b", "B1");  // the same: nothing to tell
  feed.Remove("b");
  EXPECT_EQ(Told(reader),
            Event("feed-1", "integration", "A2") + Event("feed-2", "deleted", R"({"id":"b"})"));
}

TEST(EventFeed, GoesOnBehindTheLastEventSeen) {
  EventFeed feed("feed", 100, 1 << 20);
  FillFirst(feed);
  feed.Put("a", "A2");
  feed.Put("a", "A3");
  EventFeed::Reader reader(&feed, {}, "feed-1");
  EXPECT_EQ(Told(reader), Event("", "upstream", R"({"connected":true})") +
                              Event("feed-1", "resumed", "{}") +
                              Event("feed-2", "integration", "A3"));
  EventFeed::Reader up_to_date(&feed, {}, "feed-2");
  EXPECT_THAT(Told(up_to_date), HasSubstr("event: resumed"));
}

TEST(EventFeed, BeginsAnewForAPlaceThatItDoesNotKnow) {
  EventFeed feed("feed", 2, 1 << 20);
  FillFirst(feed);
  for (const char* state : {"A2", "A3", "A4"}) feed.Put("a", state);
  for (const char* id :
       {"", "other-1", "feed-", "feed-x", "feed-1x", "feed-4", "feed-99", "feed-0", "feed"}) {
    EventFeed::Reader reader(&feed, {}, id);
    EXPECT_THAT(Told(reader), HasSubstr("event: snapshot-begin")) << id;
  }
  EventFeed::Reader oldest_kept(&feed, {}, "feed-1");
  EXPECT_THAT(Told(oldest_kept), HasSubstr("event: resumed"));
}

// A new watch begins with a snapshot; to clients only the difference is news.
TEST(EventFeed, TellsOnlyWhatASecondSnapshotChanges) {
  EventFeed feed("feed", 100, 1 << 20);
  FillFirst(feed);
  EventFeed::Reader reader(&feed, {}, "");
  Told(reader);
  feed.BeginSnapshot();
  feed.Put("a", "A1");
  feed.Put("c", "C1");
  feed.EndSnapshot();
  EXPECT_EQ(Told(reader),
            Event("feed-1", "integration", "C1") + Event("feed-2", "deleted", R"({"id":"b"})"));
}

TEST(EventFeed, ForgetsASnapshotThatWasCutOff) {
  EventFeed feed("feed", 100, 1 << 20);
  FillFirst(feed);
  EventFeed::Reader reader(&feed, {}, "");
  Told(reader);
  feed.BeginSnapshot();
  feed.Resume();
  feed.EndSnapshot();
  EXPECT_EQ(Told(reader), "");
}

TEST(EventFeed, TellsAFilteredReaderOnlyItsOwn) {
  EventFeed feed("feed", 100, 1 << 20);
  FillFirst(feed);
  EventFeed::Reader reader(&feed, {"b", "not there"}, "");
  EXPECT_THAT(Told(reader), Not(HasSubstr("A1")));
  feed.Put("a", "A2");
  feed.Put("b", "B2");
  feed.Remove("a");
  EXPECT_EQ(Told(reader), Event("feed-2", "integration", "B2"));
}

TEST(EventFeed, DropsAReaderThatIsTooSlow) {
  EventFeed feed("feed", 3, 1 << 20);
  FillFirst(feed);
  EventFeed::Reader slow(&feed, {}, "");
  Told(slow);
  for (int i = 0; i < 4; ++i) feed.Put("a", "A" + std::to_string(i + 2));
  std::string text;
  EXPECT_EQ(slow.Next(kNow, text), Outcome::kLost);
}

TEST(EventFeed, BoundsTheBytesThatItKeeps) {
  EventFeed feed("feed", 1000, 100);
  FillFirst(feed);
  for (int i = 0; i < 10; ++i) feed.Put("a", std::string(30, static_cast<char>('a' + i)));
  EventFeed::Reader kept(&feed, {}, "feed-7");
  EXPECT_THAT(Told(kept), HasSubstr("event: resumed"));
  EventFeed::Reader gone(&feed, {}, "feed-6");
  EXPECT_THAT(Told(gone), HasSubstr("event: snapshot-begin"));
}

TEST(EventFeed, SendsALargeSnapshotBitByBit) {
  EventFeed feed("feed", 10, 1 << 20);
  feed.BeginSnapshot();
  for (int i = 0; i < 1000; ++i) feed.Put(std::to_string(i), std::string(1000, 'x'));
  feed.EndSnapshot();
  EventFeed::Reader reader(&feed, {}, "");
  std::string text;
  int parts = 0;
  std::size_t most = 0;
  while (reader.Next(kNow, text) == Outcome::kText) {
    ++parts;
    most = std::max(most, text.size());
  }
  EXPECT_GT(parts, 10);
  EXPECT_LT(most, 80'000U);
}

TEST(EventFeed, WakesAReaderThatWaits) {
  EventFeed feed("feed", 100, 1 << 20);
  FillFirst(feed);
  EventFeed::Reader reader(&feed, {}, "");
  Told(reader);
  std::string text;
  std::thread change([&] { feed.Put("a", "A2"); });
  EXPECT_EQ(reader.Next(absl::Seconds(30), text), Outcome::kText);
  change.join();
  std::thread close([&] { feed.Close(); });
  EXPECT_EQ(reader.Next(absl::Seconds(30), text), Outcome::kClosed);
  close.join();
}

// A stream of a test: what it tells is put in from outside.
class ScriptedWatch {
 public:
  OpenWatch Open() {
    return [this](const v1::WatchSyncsRequest& request) -> std::unique_ptr<WatchCall> {
      std::lock_guard lock(mutex_);
      opened_.push_back(request);
      cut_ = false;
      changed_.notify_all();
      return std::make_unique<Call>(this);
    };
  }
  void Tell(v1::WatchSyncsResponse response) {
    std::lock_guard lock(mutex_);
    responses_.push_back(std::move(response));
    changed_.notify_all();
  }
  void Cut() {
    std::lock_guard lock(mutex_);
    cut_ = true;
    changed_.notify_all();
  }
  // Waits until so many streams have been opened; the last one's request.
  v1::WatchSyncsRequest AwaitOpened(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return opened_.size() >= count; });
    return opened_.back();
  }

 private:
  class Call final : public WatchCall {
   public:
    explicit Call(ScriptedWatch* watch) : watch_(*watch) {}
    bool Read(v1::WatchSyncsResponse& response) override {
      std::unique_lock lock(watch_.mutex_);
      watch_.changed_.wait(lock, [&] { return watch_.cut_ || !watch_.responses_.empty(); });
      if (watch_.responses_.empty()) return false;
      response = watch_.responses_.front();
      watch_.responses_.pop_front();
      return true;
    }
    std::string Problem() override { return "cut"; }
    void Cancel() override { watch_.Cut(); }

   private:
    ScriptedWatch& watch_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::WatchSyncsResponse> responses_;
  std::vector<v1::WatchSyncsRequest> opened_;
  bool cut_ = false;
};

v1::WatchSyncsResponse State(const std::string& id, const std::string& name) {
  v1::WatchSyncsResponse response;
  response.mutable_integration()->set_id(id);
  response.mutable_integration()->set_name(name);
  return response;
}

void TellSnapshot(ScriptedWatch& watch, const std::string& name, const std::string& token) {
  v1::WatchSyncsResponse begin;
  begin.set_snapshot_begin(true);
  watch.Tell(begin);
  watch.Tell(State("a", name));
  v1::WatchSyncsResponse end;
  end.set_snapshot_end(true);
  end.set_resume_token(token);
  watch.Tell(end);
}

// Reads until `part` has been told.
std::string Await(EventFeed::Reader& reader, const std::string& part) {
  std::string all;
  std::string text;
  while (all.find(part) == std::string::npos) {
    if (reader.Next(absl::Seconds(30), text) != Outcome::kText) return all + "…";
    all += text;
  }
  return all;
}

TEST(EventHub, SharesOneWatchAndOpensItAgainWhereItEnded) {
  ScriptedWatch watch;
  EventHub hub({.most_clients = 3}, watch.Open());
  auto first = hub.Join("t");
  auto second = hub.Join("t");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ((*first)->feed(), (*second)->feed());
  EXPECT_EQ(watch.AwaitOpened(1).tenant_id(), "t");
  EventFeed::Reader one((*first)->feed(), {}, "");
  EventFeed::Reader two((*second)->feed(), {}, "");
  TellSnapshot(watch, "n1", "token-1");
  EXPECT_THAT(Await(one, "snapshot-end"), HasSubstr("\"n1\""));
  EXPECT_THAT(Await(two, "snapshot-end"), HasSubstr("\"n1\""));
  EXPECT_EQ(hub.connected_feeds(), 1U);

  watch.Cut();
  EXPECT_THAT(Await(one, "\"connected\":false"), HasSubstr("upstream"));
  EXPECT_EQ(watch.AwaitOpened(2).resume_token(), "token-1");
  v1::WatchSyncsResponse resumed;
  resumed.set_resumed(true);
  watch.Tell(resumed);
  watch.Tell(State("a", "n2"));
  EXPECT_THAT(Await(one, "\"n2\""), HasSubstr("\"connected\":true"));
  EXPECT_EQ(hub.feeds(), 1U);
}

TEST(EventHub, BoundsItsClients) {
  ScriptedWatch watch;
  EventHub hub({.most_clients = 1}, watch.Open());
  {
    auto first = hub.Join("");
    ASSERT_TRUE(first.ok());
    EXPECT_TRUE(absl::IsResourceExhausted(hub.Join("").status()));
  }
  EXPECT_TRUE(hub.Join("").ok());
  EXPECT_EQ(hub.clients(), 0U);
  hub.Close();
  EXPECT_TRUE(absl::IsUnavailable(hub.Join("").status()));
}

TEST(EventHub, EndsAFeedThatNobodyListensTo) {
  ScriptedWatch watch;
  EventHub hub({.keep_unused = absl::Milliseconds(20)}, watch.Open());
  EXPECT_TRUE(hub.Join("").ok());
  while (hub.feeds() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace
}  // namespace syncline::gateway
