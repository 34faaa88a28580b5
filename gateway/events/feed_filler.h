// Keeps a feed filled from one watch stream, which it opens again, where it ended, for as long as
// it lives.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/events/event_feed.h"
#include "gateway/events/watch_source.h"

namespace syncline::gateway {

// Owns its thread.
class FeedFiller {
 public:
  // `feed` outlives it.
  FeedFiller(EventFeed* feed, std::string tenant_id, OpenWatch open);
  ~FeedFiller();

 private:
  void Run();
  void Fill(WatchCall& call);
  // False: it is to stop.
  bool Pause();

  EventFeed& feed_;
  const std::string tenant_id_;
  const OpenWatch open_;
  // Of the thread alone:
  std::string resume_token_;
  int failures_ = 0;  // streams in a row that told nothing

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  WatchCall* call_ = nullptr;  // the one being read
  std::thread thread_;
};

}  // namespace syncline::gateway
