#include "executor/core/report_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::executor {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using Kind = RunReport::Kind;
using Effect = ReportEffect::Kind;

RunReport Of(const std::string& fence, Kind kind) {
  return {.key = {"integration-" + fence, "log-" + fence, fence}, .kind = kind};
}

TEST(ReportQueue, AFinishReplacesAnAcceptanceAndNothingReplacesAFinish) {
  ReportQueue queue;
  queue.Put(Of("f", Kind::kAccepted));
  queue.Put(Of("f", Kind::kFinished));
  queue.Put(Of("f", Kind::kReturned));
  queue.Put(Of("f", Kind::kAccepted));
  const auto pending = queue.Pending(10);
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].kind, Kind::kFinished);
}

TEST(ReportQueue, AnUnansweredReportStaysAsItWas) {
  ReportQueue queue;
  RunReport finish = Of("f", Kind::kFinished);
  finish.page_seq = 7;
  queue.Put(finish);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(queue.Pending(10).size(), 1u);
    EXPECT_EQ(queue.Pending(10)[0].page_seq, 7);
  }
  queue.Answer(queue.Pending(10), {});
  EXPECT_TRUE(queue.empty());
}

TEST(ReportQueue, WhoHasWaitedLongestIsNextAndWhoIsBusyIsLast) {
  constexpr int kRuns = 50;
  ReportQueue queue;
  const auto fences = [&](std::size_t most) {
    std::vector<std::string> found;
    for (const RunReport& report : queue.Pending(most)) found.push_back(report.key.fence);
    return found;
  };
  for (int i = 0; i < kRuns; ++i) queue.Put(Of("f" + std::to_string(i), Kind::kAccepted));
  queue.Put(Of("f0", Kind::kFinished));  // keeps its place
  EXPECT_THAT(fences(3), ElementsAre("f0", "f1", "f2"));
  queue.Answer(queue.Pending(3), {{"f1", Order::kBusy}});
  for (int i = 0; i < kRuns; ++i) queue.Put(Of("later" + std::to_string(i), Kind::kFinished));
  EXPECT_THAT(fences(2), ElementsAre("f3", "f4"));
  const auto all = fences(1000);
  ASSERT_THAT(all, SizeIs(2 * kRuns - 2));
  EXPECT_EQ(all[kRuns - 3], "f1");
  queue.Forget("f3");
  EXPECT_THAT(fences(1), ElementsAre("f4"));
}

TEST(ReportQueue, AllNamesEveryRunOnce) {
  ReportQueue queue;
  queue.Put(Of("a", Kind::kAccepted));
  queue.Put(Of("b", Kind::kAccepted));
  queue.Answer(queue.Pending(10), {});
  queue.Put(Of("b", Kind::kParked));
  queue.Put(Of("c", Kind::kRefused));
  std::map<std::string, Kind> all;
  for (const RunReport& report : queue.All()) all[report.key.fence] = report.kind;
  EXPECT_THAT(all, testing::ElementsAre(testing::Pair("a", Kind::kHeartbeat),
                                        testing::Pair("b", Kind::kParked),
                                        testing::Pair("c", Kind::kRefused)));
  EXPECT_EQ(queue.All().size(), 3u);
  EXPECT_EQ(queue.Held().size(), 2u) << "a refused run is not held";
  EXPECT_EQ(queue.Pending(1).size(), 1u);
}

TEST(ReportQueue, AnAnswerToTheAcceptanceDoesNotTouchTheFinishThatCameMeanwhile) {
  ReportQueue queue;
  queue.Put(Of("f", Kind::kAccepted));
  const auto sent = queue.Pending(10);
  queue.Put(Of("f", Kind::kFinished));
  const auto effects = queue.Answer(sent, {});
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(effects[0].kind, Effect::kRenewed);
  ASSERT_TRUE(queue.HasPending());
  EXPECT_EQ(queue.Pending(10)[0].kind, Kind::kFinished);
}

TEST(ReportQueue, AnAnswerAboutAForgottenRunMeansNothing) {
  ReportQueue queue;
  queue.Put(Of("f", Kind::kAccepted));
  const auto sent = queue.Pending(10);
  queue.Forget("f");
  EXPECT_TRUE(queue.Answer(sent, {}).empty());
  EXPECT_FALSE(queue.HasPending());
}

struct Case {
  std::string name;
  Kind sent;
  Order order;
  std::optional<Effect> effect;
  bool stays = false;
};
class ReportAnswerTest : public testing::TestWithParam<Case> {};

TEST_P(ReportAnswerTest, WhatItMeans) {
  ReportQueue queue;
  queue.Put(Of("f", GetParam().sent));
  const auto effects = queue.Answer({Of("f", GetParam().sent)}, {{"f", GetParam().order}});
  ASSERT_EQ(effects.size(), GetParam().effect ? 1u : 0u);
  if (GetParam().effect) {
    EXPECT_EQ(effects[0].kind, *GetParam().effect);
    EXPECT_EQ(effects[0].order, GetParam().order);
  }
  EXPECT_EQ(!queue.empty(), GetParam().stays);
}

INSTANTIATE_TEST_SUITE_P(
    All, ReportAnswerTest,
    testing::Values(
        Case{"heartbeat_applied", Kind::kHeartbeat, Order::kApplied, Effect::kRenewed, true},
        Case{"heartbeat_busy", Kind::kHeartbeat, Order::kBusy, std::nullopt, true},
        Case{"heartbeat_stop", Kind::kHeartbeat, Order::kStop, Effect::kDropped},
        Case{"heartbeat_lost", Kind::kHeartbeat, Order::kLeaseLost, Effect::kDropped},
        Case{"accept_applied", Kind::kAccepted, Order::kApplied, Effect::kRenewed, true},
        Case{"accept_busy", Kind::kAccepted, Order::kBusy, std::nullopt, true},
        Case{"accept_lost", Kind::kAccepted, Order::kLeaseLost, Effect::kDropped},
        Case{"finish_applied", Kind::kFinished, Order::kApplied, Effect::kSettled},
        Case{"finish_busy", Kind::kFinished, Order::kBusy, std::nullopt, true},
        Case{"finish_done_before", Kind::kFinished, Order::kAlreadyDone, Effect::kSettled},
        Case{"finish_resume", Kind::kFinished, Order::kResume, Effect::kSettled},
        Case{"finish_lost", Kind::kFinished, Order::kLeaseLost, Effect::kSettled},
        Case{"park_applied", Kind::kParked, Order::kApplied, Effect::kSettled},
        Case{"return_stop", Kind::kReturned, Order::kStop, Effect::kSettled},
        Case{"refusal_applied", Kind::kRefused, Order::kApplied, Effect::kSettled}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace syncline::executor
