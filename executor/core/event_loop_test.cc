#include "executor/core/event_loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

namespace syncline::executor {
namespace {

TEST(EventLoop, RunsTasksInOrderOnOneThread) {
  EventLoop loop;
  std::vector<int> order;
  std::promise<std::thread::id> done;
  for (int i = 0; i < 100; ++i) loop.Post([&order, i] { order.push_back(i); });
  loop.Post([&] { done.set_value(std::this_thread::get_id()); });
  EXPECT_NE(done.get_future().get(), std::this_thread::get_id());
  loop.Stop();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(EventLoop, TimersRunByTheirTimeWhateverTheOrderTheyWereSetIn) {
  EventLoop loop;
  std::vector<int> order;
  std::promise<void> done;
  loop.Post([&] {
    loop.PostAfter(absl::Milliseconds(30), [&] {
      order.push_back(3);
      done.set_value();
    });
    loop.PostAfter(absl::Milliseconds(10), [&] { order.push_back(1); });
    loop.PostAfter(absl::Milliseconds(20), [&] { order.push_back(2); });
  });
  done.get_future().wait();
  loop.Stop();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(EventLoop, ACancelledTimerNeverRunsAndFreesWhatItHeld) {
  EventLoop loop;
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watch = held;
  const auto id = loop.PostAfter(absl::Hours(1), [held] { ADD_FAILURE() << *held; });
  held.reset();
  EXPECT_FALSE(watch.expired());
  loop.CancelTimer(id);
  EXPECT_TRUE(watch.expired());
  loop.CancelTimer(id);
  loop.CancelTimer(4711);
}

TEST(EventLoop, ATimerIsCancelledInTheTurnThatItIsDueIn) {
  EventLoop loop;
  std::promise<void> done;
  loop.Post([&] {
    loop.PostAfter(absl::ZeroDuration(), [&] { done.set_value(); });
    const auto due = loop.PostAfter(absl::ZeroDuration(), [] { ADD_FAILURE(); });
    const auto next = std::make_shared<EventLoop::TimerId>();
    loop.PostAfter(absl::ZeroDuration(), [&loop, next] { loop.CancelTimer(*next); });
    *next = loop.PostAfter(absl::ZeroDuration(), [] { ADD_FAILURE(); });
    loop.Post([&loop, due] { loop.CancelTimer(due); });
  });
  done.get_future().get();
  std::promise<void> later;
  loop.PostAfter(absl::Milliseconds(1), [&] { later.set_value(); });
  later.get_future().get();
}

// For the sanitizer: the loop waits for the very timer that is cancelled, then is woken. Often,
// since nothing shows from outside whether the loop has begun to wait.
TEST(EventLoop, ATimerIsCancelledWhileTheLoopWaitsForIt) {
  EventLoop loop;
  const auto pass = [&] {
    std::promise<void> passed;
    loop.Post([&] { passed.set_value(); });
    passed.get_future().get();
  };
  for (int i = 0; i < 1000; ++i) {
    const auto id = loop.PostAfter(absl::Hours(1), [] { ADD_FAILURE(); });
    pass();
    loop.CancelTimer(id);
    pass();
  }
}

TEST(EventLoop, ASocketThatIsAlwaysReadyHoldsUpNoTaskAndNoTimer) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  std::atomic<int> calls = 0;
  std::promise<void> timed;
  EventLoop loop;
  loop.Post([&] {
    loop.SetReady([&](int socket, std::uint32_t) {
      EXPECT_EQ(socket, ends[0]);
      if (++calls == 3)
        loop.Post([&] { loop.PostAfter(absl::Milliseconds(1), [&] { timed.set_value(); }); });
    });
    loop.sockets().Watch(ends[0], EPOLLOUT, false);
  });
  timed.get_future().get();
  loop.Stop();
  EXPECT_GT(calls, 3);
  for (const int end : ends) close(end);
}

TEST(EventLoop, StopDropsWhatWaitsAndLaterPosts) {
  EventLoop loop;
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> watch = held;
  const auto id =
      loop.PostAfter(absl::Hours(1), [held = std::move(held)] { ADD_FAILURE() << *held; });
  loop.Stop();
  EXPECT_TRUE(watch.expired());
  loop.CancelTimer(id);
  loop.Post([] { ADD_FAILURE(); });
  loop.PostAfter(absl::ZeroDuration(), [] { ADD_FAILURE(); });
  loop.Stop();
}

}  // namespace
}  // namespace syncline::executor
