// Fetches the pages of one stream in their order, when it is told to, and makes records of them.
// Whoever writes them begins the next one when the page before is committed, not sooner: a crash
// repeats one page at most (rule 4).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "executor/app/run_services.h"
#include "executor/connectors/connector.h"
#include "executor/core/event_loop.h"
#include "executor/core/rate_limiter.h"
#include "executor/http/fetch.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

// A page as it is to be written; who takes it adds where it belongs.
struct FetchedPage {
  PageWrite write;
  bool restarted = false;  // see Page
};

// Every function on the loop.
class PageFetcher : public std::enable_shared_from_this<PageFetcher> {
 public:
  using PageResult = SyncResult<std::shared_ptr<FetchedPage>>;

  // `on_change`: there is a page or an error to take, or Begin has something to do again. Never
  // called from within Begin.
  PageFetcher(const RunServices* services, std::shared_ptr<RateLimiter> limiter,
              std::unique_ptr<StreamReader> reader, std::function<void()> on_change);

  // Starts the next page, whose request may take `limit`. Without effect while one is under way or
  // kept. Not after the last, nor after an error.
  void Begin(absl::Duration limit);
  // The next page in order, or why there is none; nullopt as long as that is not known.
  std::optional<PageResult> Take();

  // Whether the API has been asked and has not answered yet.
  bool requesting() const { return fetch_id_ != 0; }
  // Whether an answer is being made into records.
  bool parsing() const { return parsing_; }
  // Closes the request under way; on_change follows.
  void CancelRequest();
  // Closes it too, and calls back no more.
  void Stop();

 private:
  void OnFetched(FetchResult result);
  PageResult Parse(const HttpResponse& response);
  void OnParsed(PageResult page);
  void Keep(PageResult result);
  void Changed();

  const RunServices& services_;
  const std::shared_ptr<RateLimiter> limiter_;
  const std::unique_ptr<StreamReader> reader_;  // a worker's while parsing_
  std::function<void()> on_change_;

  bool parsing_ = false;
  std::optional<PageResult> kept_;
  std::uint64_t fetch_id_ = 0;
  absl::Duration fetch_began_;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace syncline::executor
