// Pages that follow each other: what holds the second back. What becomes of lost answers is tested
// with a server (run_engine_fault_test.cc).
#include "executor/app/fenced_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace syncline::executor {
namespace {

using Kind = WriteResult::Kind;
using ::testing::ElementsAre;

class FencedWriterTest : public ::testing::Test {
 protected:
  // Writes two pages, of which the first calls `during`; what was told, and how often the second
  // was called.
  void Write(const std::function<void()>& during) {
    std::vector<FencedWriter::Statement> pages;
    pages.emplace_back([during](std::int64_t) {
      during();
      return Committed{};
    });
    pages.emplace_back([this](std::int64_t page_seq) {
      EXPECT_EQ(page_seq, 8);
      ++second_;
      return Committed{};
    });
    loop_.Post([this, pages = std::move(pages)] {
      writer_->Write(7, pages, [this](const WriteResult& result) { told_.push_back(result.kind); });
    });
    EventLoop& loop = loop_;
    std::promise<void> done;
    loop_.Post([&] {  // the writer's task is in the pool, which runs it before this one
      database_.Submit([&] { loop.Post([&] { done.set_value(); }); });
    });
    done.get_future().wait();
  }

  Metrics registry_{"syncline_test"};
  ExecutorMetrics metrics_{&registry_, 1};
  SteadyClock clock_;
  EventLoop loop_;
  WorkerPool database_{1, 10};
  // Nothing is in doubt here, so that it is never asked.
  postgres::Pool pool_{postgres::ConnectionOptions{}, 1};
  PageStore store_{&pool_};
  std::shared_ptr<FencedWriter> writer_ = std::make_shared<FencedWriter>(
      Claim{"i", "f"}, &loop_, &database_, &store_, &clock_, &metrics_, [] {});
  std::vector<Kind> told_;
  int second_ = 0;
};

TEST_F(FencedWriterTest, TheSecondFollowsTheFirst) {
  Write([] {});
  EXPECT_THAT(told_, ElementsAre(Kind::kDone, Kind::kDone));
  EXPECT_EQ(second_, 1);
}

TEST_F(FencedWriterTest, AHoldKeepsTheSecondBackAndTellsSo) {
  Write([this] { writer_->Hold(); });
  EXPECT_THAT(told_, ElementsAre(Kind::kDone, Kind::kHeld));
  EXPECT_EQ(second_, 0);
}

TEST_F(FencedWriterTest, AStopKeepsTheSecondBackAndTellsNothing) {
  std::promise<void> stopped;
  Write([&] {
    loop_.Post([&] {
      writer_->Stop();
      stopped.set_value();
    });
    stopped.get_future().wait();
  });
  EXPECT_THAT(told_, ElementsAre());
  EXPECT_EQ(second_, 0);
}

}  // namespace
}  // namespace syncline::executor
