// The table of mutants fits the code. ./dev mutants runs them.
#include "tests/mutants/mutants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "executor_queries.h"
#include "scheduler_queries.h"
#include "tests/support/test_cluster.h"

namespace syncline::mutants {
namespace {

using ::testing::HasSubstr;

std::map<std::string_view, std::string_view> Statements() {
  std::map<std::string_view, std::string_view> texts;
  for (const auto& file : scheduler::queries::kAll) texts[file.name] = file.text;
  for (const auto& file : executor::queries::kAll) texts[file.name] = file.text;
  return texts;
}

TEST(MutantsTest, EveryOneHasANameATestAndAFault) {
  std::set<std::string_view> names;
  for (const Mutant& mutant : AllMutants()) {
    EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name;
    EXPECT_FALSE(mutant.target.empty() || mutant.filter.empty()) << mutant.name;
    EXPECT_EQ(mutant.filter.find_first_of("*:-"), std::string_view::npos)
        << mutant.name << ": one test catches it, so that it is known why";
    EXPECT_TRUE(mutant.in_code || !mutant.patches.empty()) << mutant.name;
    EXPECT_EQ(FindMutant(mutant.name), &mutant);
  }
  EXPECT_EQ(FindMutant("none"), nullptr);
}

TEST(MutantsTest, EveryPatchStillAppliesAndChangesItsStatement) {
  const auto statements = Statements();
  for (const Mutant& mutant : AllMutants()) {
    for (const Patch& patch : mutant.patches) {
      ASSERT_TRUE(statements.contains(patch.statement)) << mutant.name << ": " << patch.statement;
      const std::string_view text = statements.at(patch.statement);
      const auto mutated = Mutate(mutant, patch.statement, text);
      ASSERT_TRUE(mutated.ok()) << mutated.status();
      EXPECT_NE(*mutated, text) << mutant.name;
    }
    for (const SplitOff& part : mutant.split_off)
      EXPECT_TRUE(statements.contains(part.statement)) << mutant.name << ": " << part.statement;
  }
}

// A statement that PostgreSQL refuses would fail any test, whether or not that test notices the
// fault.
TEST(MutantsTest, WhatAMutantRunsIsValid) {
  const auto statements = Statements();
  const auto session =
      syncline::testing::OpenOrDie(syncline::testing::TestCluster::Get().NewDatabase());
  const auto expect_valid = [&](const Mutant& mutant, const std::string& text) {
    const absl::Status prepared = session->RunScript("PREPARE mutated AS " + text);
    EXPECT_TRUE(prepared.ok()) << mutant.name << ": " << prepared;
    if (prepared.ok()) {
      EXPECT_TRUE(session->RunScript("DEALLOCATE mutated").ok());
    }
  };
  for (const Mutant& mutant : AllMutants()) {
    for (const Patch& patch : mutant.patches) {
      expect_valid(mutant, Mutate(mutant, patch.statement, statements.at(patch.statement)).value());
    }
    for (const SplitOff& part : mutant.split_off) expect_valid(mutant, std::string(part.text));
  }
}

TEST(MutantsTest, WhatIsNotThereExactlyOnceIsSaid) {
  const auto mutate = [](std::string_view find, std::string_view until = {}) {
    const Mutant mutant{.name = "m",
                        .fault = "",
                        .target = "",
                        .filter = "",
                        .patches = {{"s", find, "new", until}}};
    const auto text = Mutate(mutant, "s", "one two two three");
    return text.ok() ? *text : std::string(text.status().message());
  };
  EXPECT_EQ(mutate("one"), "new two two three");
  EXPECT_EQ(mutate("one", " three"), "new three");
  EXPECT_THAT(mutate("two"), HasSubstr("mutant m: s.sql does not have this exactly once: two"));
  EXPECT_THAT(mutate("four"), HasSubstr("exactly once: four"));
  EXPECT_THAT(mutate("one", "two"), HasSubstr("exactly once: two"));
  EXPECT_THAT(mutate("three", "one"), HasSubstr("exactly once: one"));
}

TEST(MutantsTest, OtherStatementsStayAsTheyAre) {
  EXPECT_EQ(*Mutate(AllMutants().front(), "another", "text"), "text");
}

}  // namespace
}  // namespace syncline::mutants
