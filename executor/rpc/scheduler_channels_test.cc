// Where an executor finds its schedulers: targets, names and what they stand for.
#include "executor/rpc/scheduler_channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace syncline::executor {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NameOf, TellsNamesFromAddresses) {
  const struct {
    const char* target;
    HostAndPort name;
  } cases[] = {
      {"scheduler:50051", {"scheduler", "50051"}},
      {"dns:///scheduler.example:50051", {"scheduler.example", "50051"}},
      {"10.0.0.7:50051", {}},
      {"dns:///10.0.0.7:50051", {}},
      {"[::1]:50051", {}},
      {"localhost:50051", {}},
      {"ipv4:10.0.0.7:50051", {}},
      {"dns://8.8.8.8/scheduler:50051", {}},
      {"unix:/run/sync.sock", {}},
      {"scheduler", {}},
      {"scheduler:", {}},
      {":50051", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(NameOf(c.target), c.name) << c.target;
}

TEST(SchedulerChannels, ANameBecomesItsAddresses) {
  auto channels = SchedulerChannels::Create("dns:///scheduler:50051,10.0.0.9:50051").value();
  const HostAndPort name{"scheduler", "50051"};
  EXPECT_THAT(channels.names(), ElementsAre(name));
  EXPECT_EQ(channels.target(), "dns:///scheduler:50051");
  channels.SetAddresses({{name, {"ipv4:10.0.0.1:50051", "ipv4:10.0.0.2:50051"}}});
  EXPECT_THAT(channels.targets(),
              ElementsAre("ipv4:10.0.0.1:50051", "ipv4:10.0.0.2:50051", "10.0.0.9:50051"));
  channels.Begin(2);
  EXPECT_EQ(channels.target(), "ipv4:10.0.0.1:50051");
  channels.Rotate();
  EXPECT_EQ(channels.target(), "ipv4:10.0.0.2:50051");
  channels.SetAddresses({});  // the resolver is away
  EXPECT_EQ(channels.size(), 3);
}

TEST(SchedulerChannels, BeginsWithTheFirstThatIsConfiguredAndAnyOfItsAddresses) {
  const HostAndPort name{"scheduler", "1"};
  const AddressesByName found = {{name, {"ipv4:10.0.0.1:1", "ipv4:10.0.0.2:1", "ipv4:10.0.0.3:1"}}};
  const auto begin = [&](const char* configured, const AddressesByName& addresses) {
    std::vector<std::string> first;
    for (std::size_t any = 4; any < 7; ++any) {
      auto channels = SchedulerChannels::Create(configured).value();
      channels.SetAddresses(addresses);
      channels.Begin(any);
      first.push_back(channels.target());
    }
    return first;
  };
  EXPECT_THAT(begin("scheduler:1,10.0.0.9:1", found),
              ElementsAre("ipv4:10.0.0.2:1", "ipv4:10.0.0.3:1", "ipv4:10.0.0.1:1"));
  EXPECT_THAT(begin("10.0.0.9:1,scheduler:1", found), Each("10.0.0.9:1"));
  EXPECT_THAT(begin("scheduler:1,10.0.0.9:1", {}), Each("scheduler:1"));  // gRPC may know it
}

TEST(SchedulerChannels, WhoLeftIsSpokenToUntilItFails) {
  auto channels = SchedulerChannels::Create("scheduler:1").value();
  const HostAndPort name{"scheduler", "1"};
  channels.SetAddresses({{name, {"ipv4:10.0.0.1:1", "ipv4:10.0.0.2:1"}}});
  channels.Select("ipv4:10.0.0.2:1");
  auto& stub = channels.current();
  channels.SetAddresses({{name, {"ipv4:10.0.0.1:1", "ipv4:10.0.0.3:1"}}});
  EXPECT_EQ(&channels.current(), &stub);
  for (const char* next : {"ipv4:10.0.0.1:1", "ipv4:10.0.0.3:1", "ipv4:10.0.0.1:1"}) {
    channels.Rotate();
    EXPECT_EQ(channels.target(), next);
  }
}

TEST(SchedulerChannels, NoTargetIsAMistake) {
  EXPECT_FALSE(SchedulerChannels::Create("").ok());
  EXPECT_FALSE(SchedulerChannels::Create(",").ok());
}

TEST(NameWatch, LooksAgainAndSortsWhatItFinds) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<AddressesByName> looks;
  const HostAndPort name{"scheduler", "1"};
  {
    const NameWatch watch(
        {name}, absl::Milliseconds(1),
        [&](AddressesByName addresses) {
          std::lock_guard lock(mutex);
          looks.push_back(std::move(addresses));
          changed.notify_all();
        },
        [count = std::make_shared<int>(0)](const HostAndPort&) -> std::vector<std::string> {
          if (++*count == 2) return {};
          return {"b", "a"};
        });
    std::unique_lock lock(mutex);
    ASSERT_TRUE(
        changed.wait_for(lock, std::chrono::seconds(20), [&] { return looks.size() >= 3; }));
  }
  EXPECT_THAT(looks[0].at(name), ElementsAre("a", "b"));
  EXPECT_THAT(looks[1], IsEmpty());
  EXPECT_THAT(looks[2].at(name), ElementsAre("a", "b"));
}

TEST(NameWatch, KnowsTheSystemsNames) {
  EXPECT_THAT(NameWatch::LookUpInSystem({"localhost", "50051"}),
              Contains(AnyOf("ipv4:127.0.0.1:50051", "ipv6:[::1]:50051")));
  EXPECT_THAT(NameWatch::LookUpInSystem({"no-such-host.invalid", "50051"}), IsEmpty());
}

}  // namespace
}  // namespace syncline::executor
