#include "common/base/socket_poller.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <utility>
#include <vector>

namespace syncline {
namespace {

class SocketPollerTest : public ::testing::Test {
 public:
  ~SocketPollerTest() override {
    for (const int end : ends_) close(end);
  }

 protected:
  using Events = std::vector<std::pair<int, std::uint32_t>>;

  SocketPollerTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_), 0); }
  Events Wait(int most_ms) {
    Events events;
    poller_.Wait(most_ms);
    poller_.Serve([&](int socket, std::uint32_t what) { events.emplace_back(socket, what); });
    return events;
  }
  void Write() { EXPECT_EQ(write(ends_[1], "x", 1), 1); }

  int ends_[2] = {-1, -1};
  SocketPoller poller_;
};

TEST_F(SocketPollerTest, ASocketIsReadyForWhatItIsWatchedForUntilItIsUnwatched) {
  poller_.Watch(ends_[0], EPOLLIN, false);
  EXPECT_EQ(Wait(0), Events{});
  Write();
  EXPECT_EQ(Wait(-1), (Events{{ends_[0], EPOLLIN}}));
  EXPECT_EQ(Wait(-1), (Events{{ends_[0], EPOLLIN}})) << "for as long as it is";
  poller_.Watch(ends_[0], EPOLLOUT, true);
  EXPECT_EQ(Wait(-1), (Events{{ends_[0], EPOLLOUT}}));
  poller_.Unwatch(ends_[0]);
  EXPECT_EQ(Wait(0), Events{});
}

// libcurl's word for it may be older than a descriptor that was closed and opened again.
TEST_F(SocketPollerTest, WhatIsThoughtLikelyMayBeWrong) {
  Write();
  poller_.Watch(ends_[0], EPOLLIN, true);
  EXPECT_EQ(Wait(-1), (Events{{ends_[0], EPOLLIN}}));
  poller_.Watch(ends_[0], EPOLLOUT, false);
  EXPECT_EQ(Wait(-1), (Events{{ends_[0], EPOLLOUT}}));
}

TEST_F(SocketPollerTest, AWakeEndsOneWaitAlsoWhenItComesBeforeIt) {
  for (int i = 0; i < 3; ++i) {
    poller_.Wake();
    EXPECT_EQ(Wait(-1), Events{});
    std::thread waker([this] { poller_.Wake(); });
    EXPECT_EQ(Wait(-1), Events{});
    waker.join();
  }
  Write();
  poller_.Watch(ends_[0], EPOLLIN, false);
  poller_.Wake();
  EXPECT_EQ(Wait(-1), (Events{{ends_[0], EPOLLIN}})) << "and hides no socket";
}

}  // namespace
}  // namespace syncline
