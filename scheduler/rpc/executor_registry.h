// The executors connected to this scheduler: their streams and what they hold. Only a view for
// dispatching: who holds a run is decided by fences in the database, so a wrong view costs a
// refused assignment at most.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "scheduler/core/slot_plan.h"
#include "syncline/internal/v1/executor_service.pb.h"

namespace syncline::scheduler {

// The sending end of one executor's stream. Thread-safe.
class AssignmentSink {
 public:
  virtual ~AssignmentSink() = default;
  // Queues a message; false when the stream has ended.
  virtual bool Send(internal::v1::StreamAssignmentsResponse message) = 0;
  // Ends the stream, telling the executor to connect elsewhere and why.
  virtual void Close(const std::string& reason) = 0;
};

// Executors that run the same connector types.
struct ExecutorGroup {
  std::vector<std::string> types;
  std::vector<ExecutorLoad> executors;
};

// An executor that is kept free for a run that must have it alone.
struct ReservedExecutor {
  ExecutorLoad load;
  std::vector<std::string> types;
};

// Any thread.
class ExecutorRegistry {
 public:
  // `on_capacity` is called (without locks) whenever slots may have become free.
  explicit ExecutorRegistry(std::function<void()> on_capacity)
      : on_capacity_(std::move(on_capacity)) {}

  // A stream was opened; a former one of the same process is closed. Sends the Welcome.
  void Open(const internal::v1::StreamAssignmentsRequest& hello,
            const std::shared_ptr<AssignmentSink>& sink,
            internal::v1::StreamAssignmentsResponse welcome);
  // The stream ended. Only `sink`'s own entry is removed.
  void Remove(const std::string& process_id, const AssignmentSink* sink);

  // Keeps one executor free: the one that is kept already, or else the least loaded one. It is
  // returned once it holds nothing; `on_capacity` tells when that may be. Reserved until Unreserve,
  // or until the run that was assigned to it leaves.
  std::optional<ReservedExecutor> Reserve();
  // Gives back what Reserve keeps, unless a run has it.
  void Unreserve();

  // Those that take work, by connector types.
  std::vector<ExecutorGroup> Groups() const;
  // At most `limit` free slots of executors that run `types`, best first, for a claim that is about
  // to be made. Until they are returned, nobody else gets them.
  SlotPlan TakeSlots(const std::vector<std::string>& types, std::size_t limit);
  // After the claim, and after what it brought was assigned.
  void ReturnSlots(const SlotPlan& plan);
  // Sends an assignment (its `sequence` is set here) and counts it as held; false when the executor
  // is not there.
  bool Assign(const std::string& process_id, internal::v1::Assignment assignment) {
    return AssignAll(process_id, {std::move(assignment)});
  }
  // The same for several runs of one executor, in as few messages as it understands.
  bool AssignAll(const std::string& process_id, std::vector<internal::v1::Assignment> assignments);
  // Runs left their executor.
  void Release(const std::string& process_id, const std::vector<std::string_view>& fences);
  // Sets what an executor holds to `held` and the assignments that it had not seen when it said so.
  void Reconcile(const std::string& process_id, const std::set<std::string>& held,
                 std::int64_t sequence_seen, bool draining);
  // Tells the executor that has this fence to drop the run; false when it is not connected here.
  bool Stop(const std::string& log_id, const std::string& fence, const std::string& reason);

  // Sends what is no assignment and takes no slot; false when the executor is not there.
  bool Send(const std::string& process_id, internal::v1::StreamAssignmentsResponse message);

  // Closes every stream; later ones are closed at once.
  void CloseAll(const std::string& reason);
  // Whether CloseAll was called.
  bool closed() const;
  int connected() const;

 private:
  struct Session {
    ExecutorLoad load;  // without `held`; see LoadOf
    std::vector<std::string> types;
    std::shared_ptr<AssignmentSink> sink;
    // Held → sequence of its assignment, 0 for those of the hello.
    absl::flat_hash_map<std::string, std::int64_t> fences;
    int taken = 0;  // slots that a claim is about to fill
    std::int64_t sequence = 0;
    bool takes_batches = false;
    bool draining = false;
    bool reserved = false;    // takes no work from Groups
    std::string alone_fence;  // the run that it is reserved for has come
  };

  // Its load with what it holds or is about to get.
  static ExecutorLoad LoadOf(const Session& session);
  // Ends the reservation when its run has left.
  static void EndReservation(Session& session);

  const std::function<void()> on_capacity_;
  mutable std::mutex mutex_;
  std::map<std::string, Session> sessions_;
  std::int64_t assignments_ = 0;  // so far, to all
  bool missed_ = false;           // somebody got fewer slots, since others had taken some
  std::string closed_reason_;     // set: no stream may open any more
};

}  // namespace syncline::scheduler
