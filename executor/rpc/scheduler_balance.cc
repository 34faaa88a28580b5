#include "executor/rpc/scheduler_balance.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "executor/core/scheduler_choice.h"

namespace syncline::executor {
namespace {

// Milliseconds between two rounds, spread so that executors do not all move at once.
constexpr std::int64_t kShortestWait = 5'000;
constexpr std::int64_t kLongestWait = 15'000;
constexpr std::chrono::seconds kLimit{3};  // of a call

}  // namespace

struct SchedulerBalance::Round {
  std::vector<std::string> targets;  // the current one first
  std::vector<std::optional<SchedulerLoad>> loads;
  std::size_t unanswered = 0;
};

struct SchedulerBalance::Call {
  std::shared_ptr<Round> round;
  std::size_t index = 0;
  grpc::ClientContext context;
  internal::v1::DescribeSchedulerRequest request;
  internal::v1::DescribeSchedulerResponse response;
};

SchedulerBalance::SchedulerBalance(EventLoop* loop, SchedulerChannels* channels,
                                   std::function<bool()> may_move,
                                   std::function<void(const std::string& target)> move)
    : loop_(*loop),
      channels_(*channels),
      may_move_(std::move(may_move)),
      move_(std::move(move)),
      random_(std::random_device()()) {}

SchedulerBalance::~SchedulerBalance() = default;

void SchedulerBalance::Wait() {
  if (stopped_) return;
  std::uniform_int_distribution<std::int64_t> wait(kShortestWait, kLongestWait);
  timer_ = loop_.PostAfter(absl::Milliseconds(wait(random_)), [this] { Ask(); });
}

void SchedulerBalance::Ask() {
  if (stopped_) return;
  if (!may_move_() || channels_.size() < 2) {
    Wait();
    return;
  }
  auto round = std::make_shared<Round>();
  round->targets.push_back(channels_.target());
  for (const std::string& target : channels_.targets()) {
    if (target != channels_.target()) round->targets.push_back(target);
  }
  round->loads.resize(round->targets.size());
  round->unanswered = round->targets.size();
  for (std::size_t i = 0; i < round->targets.size(); ++i) {
    auto call = std::make_shared<Call>();
    call->round = round;
    call->index = i;
    call->context.set_deadline(std::chrono::system_clock::now() + kLimit);
    under_way_.insert(call);
    channels_.StubOf(round->targets[i])
        .async()
        ->DescribeScheduler(&call->context, &call->request, &call->response,
                            [this, call](const grpc::Status& status) {
                              loop_.Post([this, call, status] { OnAnswer(call, status); });
                            });
  }
}

void SchedulerBalance::OnAnswer(const std::shared_ptr<Call>& call, const grpc::Status& status) {
  under_way_.erase(call);
  Round& round = *call->round;
  if (status.ok())
    round.loads[call->index] = {call->response.scheduler_id(), call->response.executors()};
  if (stopped_) {
    if (under_way_.empty() && shut_down_) std::exchange(shut_down_, nullptr)();
    return;
  }
  if (--round.unanswered > 0) return;
  Decide(round);
  Wait();
}

void SchedulerBalance::Decide(const Round& round) {
  // The stream may have gone elsewhere meanwhile.
  if (!round.loads[0] || !may_move_() || channels_.target() != round.targets[0]) return;
  const std::vector<std::optional<SchedulerLoad>> others(round.loads.begin() + 1,
                                                         round.loads.end());
  const auto better = BetterScheduler(*round.loads[0], others);
  if (!better) return;
  const std::string& target = round.targets[*better + 1];
  LogInfo("moving to a scheduler with fewer executors", {{"from", round.targets[0]},
                                                         {"target", target},
                                                         {"executors", round.loads[0]->executors},
                                                         {"fewer", others[*better]->executors}});
  move_(target);
}

void SchedulerBalance::Shutdown(std::function<void()> done) {
  stopped_ = true;
  loop_.CancelTimer(timer_);
  if (under_way_.empty()) {
    done();
    return;
  }
  shut_down_ = std::move(done);
  for (const auto& call : under_way_) call->context.TryCancel();
}

}  // namespace syncline::executor
