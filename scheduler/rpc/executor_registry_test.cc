#include "scheduler/rpc/executor_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace syncline::scheduler {
namespace {

using internal::v1::Assignment;
using internal::v1::StreamAssignmentsRequest;
using internal::v1::StreamAssignmentsResponse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class RecordingSink final : public AssignmentSink {
 public:
  bool Send(StreamAssignmentsResponse message) override {
    if (!closed.empty()) return false;
    sent.push_back(std::move(message));
    return true;
  }
  void Close(const std::string& reason) override { closed = reason; }
  std::vector<StreamAssignmentsResponse> sent;
  std::string closed;
};

StreamAssignmentsRequest Hello(const std::string& process, int slots,
                               const std::vector<std::string>& held = {}) {
  StreamAssignmentsRequest hello;
  hello.set_process_id(process);
  hello.set_slots(slots);
  hello.add_connector_types("REST");
  for (const std::string& fence : held) hello.add_held()->set_fence(fence);
  return hello;
}

Assignment Under(const std::string& fence) {
  Assignment assignment;
  assignment.set_fence(fence);
  return assignment;
}

class ExecutorRegistryTest : public ::testing::Test {
 protected:
  int Held() { return registry_.Groups().at(0).executors.at(0).held; }
  int freed_ = 0;
  ExecutorRegistry registry_{[this] { ++freed_; }};
  std::shared_ptr<RecordingSink> sink_ = std::make_shared<RecordingSink>();
};

TEST_F(ExecutorRegistryTest, WhatTheHelloStillRunsCountsAgainstTheSlots) {
  registry_.Open(Hello("p", 4, {"f1", "f2"}), sink_, {});
  EXPECT_EQ(Held(), 2);
  EXPECT_EQ(freed_, 1);
  EXPECT_TRUE(registry_.Assign("p", Under("f3")));
  EXPECT_EQ(Held(), 3);
  EXPECT_EQ(sink_->sent.back().assignment().sequence(), 1);
  registry_.Release("p", {"f1"});
  registry_.Release("p", {"f1"});
  EXPECT_EQ(Held(), 2);
  EXPECT_EQ(freed_, 2);
}

TEST_F(ExecutorRegistryTest, ALightLoadGoesRoundTheExecutors) {
  for (const char* process : {"a", "b", "c"}) registry_.Open(Hello(process, 4), sink_, {});
  std::map<std::string, int> served;
  for (int run = 0; run < 12; ++run) {  // each ends before the next one begins
    const std::vector<ExecutorLoad> executors = registry_.Groups().at(0).executors;
    const std::string& process = executors[PlanSlots(executors, 1).at(0)].process_id;
    const std::string fence = "f" + std::to_string(run);
    registry_.Assign(process, Under(fence));
    registry_.Release(process, {fence});
    ++served[process];
  }
  EXPECT_THAT(served, ElementsAre(Pair("a", 4), Pair("b", 4), Pair("c", 4)));
}

TEST_F(ExecutorRegistryTest, SlotsThatAClaimHasTakenAreNobodyElses) {
  registry_.Open(Hello("p", 4), sink_, {});
  const SlotPlan taken = registry_.TakeSlots({"REST"}, 3);
  ASSERT_THAT(taken.slots, SizeIs(3));
  EXPECT_THAT(registry_.TakeSlots({"GRAPHQL"}, 3).slots, IsEmpty());
  const SlotPlan rest = registry_.TakeSlots({"REST"}, 3);
  EXPECT_THAT(rest.slots, SizeIs(1));
  EXPECT_EQ(Held(), 4);
  registry_.Assign("p", Under("f"));
  registry_.ReturnSlots(taken);
  EXPECT_EQ(freed_, 2);  // the second claim had wanted more
  registry_.ReturnSlots(rest);
  EXPECT_EQ(freed_, 2);
  EXPECT_EQ(Held(), 1);
}

TEST_F(ExecutorRegistryTest, SeveralAssignmentsTravelTogetherToWhomeverUnderstandsIt) {
  registry_.Open(Hello("old", 9), sink_, {});
  EXPECT_TRUE(registry_.AssignAll("old", {Under("f1"), Under("f2")}));
  EXPECT_THAT(sink_->sent, SizeIs(3));  // Welcome, and each alone
  const auto sink = std::make_shared<RecordingSink>();
  StreamAssignmentsRequest hello = Hello("new", 9);
  hello.set_takes_batches(true);
  registry_.Open(hello, sink, {});
  EXPECT_TRUE(registry_.AssignAll("new", {Under("f3"), Under("f4")}));
  ASSERT_THAT(sink->sent, SizeIs(2));
  ASSERT_EQ(sink->sent[1].assignments().assignments_size(), 2);
  EXPECT_EQ(sink->sent[1].assignments().assignments(1).sequence(), 2);
  EXPECT_TRUE(registry_.AssignAll("new", {Under("f5")}));
  EXPECT_EQ(sink->sent[2].assignment().sequence(), 3);
  EXPECT_FALSE(registry_.AssignAll("gone", {Under("f6")}));
}

TEST_F(ExecutorRegistryTest, AMessageStaysWithinWhatTheTransportTakes) {
  StreamAssignmentsRequest hello = Hello("p", 9);
  hello.set_takes_batches(true);
  registry_.Open(hello, sink_, {});
  std::vector<Assignment> large;
  for (int i = 0; i < 4; ++i) {
    large.push_back(Under("f" + std::to_string(i)));
    large.back().set_config_json(std::string(700'000, ' '));
  }
  EXPECT_TRUE(registry_.AssignAll("p", large));
  ASSERT_THAT(sink_->sent, SizeIs(3));
  for (const auto& message : sink_->sent) EXPECT_LT(message.ByteSizeLong(), 2'000'000u);
}

TEST_F(ExecutorRegistryTest, ReconcileKeepsAssignmentsThatWereStillOnTheirWay) {
  registry_.Open(Hello("p", 4), sink_, {});
  registry_.Assign("p", Under("f1"));
  registry_.Assign("p", Under("f2"));
  registry_.Reconcile("p", {}, 1, false);  // f1 was seen and is no longer held; f2 was not seen yet
  EXPECT_EQ(Held(), 1);
  registry_.Reconcile("p", {"f2", "f9"}, 2, false);  // f9 came over another scheduler
  EXPECT_EQ(Held(), 2);
  registry_.Reconcile("p", {}, 2, true);
  EXPECT_THAT(registry_.Groups(), IsEmpty());  // draining
}

TEST_F(ExecutorRegistryTest, ANewerStreamReplacesTheOlderOneAndOutlivesItsEnd) {
  registry_.Open(Hello("p", 4), sink_, {});
  const auto newer = std::make_shared<RecordingSink>();
  registry_.Open(Hello("p", 4), newer, {});
  EXPECT_FALSE(sink_->closed.empty());
  registry_.Remove("p", sink_.get());
  EXPECT_TRUE(registry_.Assign("p", Under("f")));
  EXPECT_THAT(newer->sent, SizeIs(2));  // Welcome, assignment
  registry_.Remove("p", newer.get());
  EXPECT_FALSE(registry_.Assign("p", Under("f")));
}

TEST_F(ExecutorRegistryTest, StopGoesToTheHolderAndCloseEndsAll) {
  registry_.Open(Hello("p", 4), sink_, {});
  registry_.Assign("p", Under("f"));
  registry_.Stop("log", "other", "cancelled");
  EXPECT_THAT(sink_->sent, SizeIs(2));
  registry_.Stop("log", "f", "cancelled");
  EXPECT_EQ(sink_->sent.back().stop().reason(), "cancelled");
  registry_.CloseAll("draining");
  EXPECT_EQ(sink_->closed, "draining");
  const auto late = std::make_shared<RecordingSink>();
  registry_.Open(Hello("q", 1), late, {});
  EXPECT_EQ(late->closed, "draining");
  EXPECT_EQ(registry_.connected(), 0);
}

TEST_F(ExecutorRegistryTest, WhatIsNoAssignmentTakesNoSlotAndNoSequence) {
  registry_.Open(Hello("p", 4), sink_, {});
  StreamAssignmentsResponse message;
  message.mutable_check()->set_check_id("c");
  EXPECT_TRUE(registry_.Send("p", message));
  EXPECT_EQ(sink_->sent.back().check().check_id(), "c");
  EXPECT_EQ(Held(), 0);
  registry_.Assign("p", Under("f"));
  EXPECT_EQ(sink_->sent.back().assignment().sequence(), 1);
  EXPECT_FALSE(registry_.Send("q", message));
}

}  // namespace
}  // namespace syncline::scheduler
