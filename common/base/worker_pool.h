// A fixed number of threads that run tasks in the order they came, with a bounded queue. gRPC's
// callback threads hand blocking work (database calls) to one, so that a slow database cannot stall
// the transport.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace syncline {

class WorkerPool {
 public:
  // `threads` >= 1; `max_queued` tasks may wait, further ones are refused.
  WorkerPool(std::size_t threads, std::size_t max_queued);
  ~WorkerPool();  // Stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Queues a task; false when the queue is full or the pool was stopped (the task is then not run).
  bool Submit(std::function<void()> task);

  // Refuses new tasks, runs those that are queued, joins the threads. Idempotent; not from a task.
  void Stop();

 private:
  void Run();

  const std::size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace syncline
