// Delete marks: which records a complete pass over a snapshot stream proves gone.
#include <gtest/gtest.h>

#include "executor/storage/live_row_fixture.h"

namespace syncline::executor {
namespace {

class SnapshotTest : public LiveRowTest {
 protected:
  // Reads a whole pass of one page a key, as one claim, and closes it.
  Committed Pass(const Claim& claim, const std::vector<std::string>& keys, bool stable) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      Page(claim, keys[i], i == 0, i + 1 == keys.size());
    return Close(claim, stable);
  }
  void Page(const Claim& claim, const std::string& key, bool begins, bool last,
            bool resumed = false) {
    PageWrite page = PageOf({{key, "{}"}});
    page.snapshot = true;
    page.begins_pass = begins;
    page.resumed_pass = resumed;
    page.last = last;
    WriteOrFail(claim, page);
  }
  // The same when all of the pass is one page, of `keys` with this data.
  Committed WholePass(const Claim& claim, const std::vector<std::string>& keys,
                      const std::string& data = "{}", Expected expected = Expected::kAnything) {
    TestRecords records;
    for (const std::string& key : keys) records.emplace_back(key, data);
    PageWrite page = PageOf(records);
    page.snapshot = page.begins_pass = page.last = page.closes_pass = page.completes_run = true;
    page.expected = expected;
    return WriteOrFail(claim, page);
  }
  Committed Close(const Claim& claim, bool stable, bool completes = true) {
    const auto closed =
        store_.CloseSnapshot(claim, PageSeq(claim), kTestLease, "things", "d1", stable, completes);
    EXPECT_TRUE(closed.ok() && *closed) << closed.status();
    return closed.ok() && *closed ? **closed : Committed{};
  }
  std::string Alive(const Claim& claim) {
    return Text(
        claim,
        "SELECT string_agg(key, '' ORDER BY key) FROM syncline.records WHERE deleted_at IS NULL");
  }
  std::int64_t SeenRows(const Claim& claim) {
    return Int(claim, "SELECT count(*) FROM syncline.snapshot_seen");
  }
};

TEST_F(SnapshotTest, StablePagingMarksAfterOnePass) {
  Claim claim = NewClaim();
  EXPECT_EQ(Pass(claim, {"a", "b", "c"}, true).deleted, 0);
  EXPECT_EQ(SeenRows(claim), 0);
  claim = NextRun(claim);
  const Committed closed = Pass(claim, {"a", "c"}, true);
  EXPECT_EQ(closed.deleted, 1);
  EXPECT_EQ(closed.page_seq, 3) << "two pages and the closing one";
  EXPECT_EQ(Alive(claim), "ac");
  EXPECT_EQ(Text(claim, "SELECT (deleted, pages, complete) FROM syncline.live"), "(1,5,t)");
  EXPECT_EQ(Int(claim,
                "SELECT r.change_no - l.change_no FROM syncline.records r, syncline.live l WHERE "
                "key = 'b'"),
            0);
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a", "c"}, true).deleted, 0) << "marked once";
}

TEST_F(SnapshotTest, APageThatIsAllOfItsPassMakesItsDeleteMarks) {
  for (const Expected expected : {Expected::kAnything, Expected::kUnchanged}) {
    Claim claim = NewClaim();
    EXPECT_EQ(WholePass(claim, {"a", "b", "c"}, "{}", Expected::kNew).created, 3);
    claim = NextRun(claim);
    const std::int64_t change_no =
        Int(claim, "SELECT change_no FROM syncline.live WHERE integration_id = :id");
    const Committed second = WholePass(claim, {"a", "c", "d"}, "{}", expected);
    EXPECT_EQ(second.page_seq, 1) << "one page, its marks among it";
    EXPECT_EQ(second.created, 1);
    EXPECT_EQ(second.updated, 0);
    EXPECT_EQ(second.deleted, 1);
    EXPECT_EQ(
        Text(claim,
             "SELECT (l.fetched, l.created, l.unchanged, l.deleted, l.pages, l.complete,"
             " l.change_no - " +
                 std::to_string(change_no) + ") FROM syncline.live l WHERE integration_id = :id"),
        "(3,1,2,1,2,t,1)");
    EXPECT_EQ(
        Text(claim, "SELECT string_agg(key || (deleted_at IS NULL)::text || change_no - " +
                        std::to_string(change_no) +
                        ", ' ' ORDER BY key) FROM syncline.records WHERE integration_id = :id"),
        "atrue0 bfalse1 ctrue0 dtrue1");
    EXPECT_EQ(SeenRows(claim), 0);
    const auto state = store_.ReadRun(claim);
    ASSERT_TRUE(state.ok() && *state);
    EXPECT_TRUE((*state)->checkpoints.at("things").done);
    EXPECT_FALSE((*state)->checkpoints.at("things").unclosed);
    claim = NextRun(claim);
    EXPECT_EQ(WholePass(claim, {}, "{}", expected).deleted, 3) << "what was marked is marked once";
    claim = NextRun(claim);
    const Committed back = WholePass(claim, {"b"}, "{}", expected);
    EXPECT_EQ(back.updated, 1) << "it came back";
    EXPECT_EQ(back.deleted, 0);
  }
}

TEST_F(SnapshotTest, AWholePassThatIsThoughtNewMarksWhatIsOlder) {
  Claim claim = NewClaim();
  WholePass(claim, {"x", "y"});
  claim = NextRun(claim);
  std::vector<std::string> keys;
  for (int i = 0; i < 1500; ++i) keys.push_back("k" + std::to_string(i));
  const Committed second = WholePass(claim, keys, "{}", Expected::kNew);
  EXPECT_EQ(second.created, 1500);
  EXPECT_EQ(second.deleted, 2);
  EXPECT_EQ(
      Text(claim,
           "SELECT string_agg(n || ':' || c || ':' || d, ' ' ORDER BY n) FROM (SELECT change_no "
           "AS n, count(*) AS c, count(deleted_at) AS d FROM syncline.records GROUP BY 1) a"),
      "12:1000:0 13:502:2");
  EXPECT_EQ(Int(claim, "SELECT change_no FROM syncline.live"), 13);
  claim = NextRun(claim);
  EXPECT_EQ(WholePass(claim, {}, "{}", Expected::kNew).deleted, 1500) << "no record at all";
}

// The remote still has it, and what was stored of it before is the last that is known.
TEST_F(SnapshotTest, ARecordThatIsRejectedIsSeen) {
  for (const bool whole : {true, false}) {
    Claim claim = NewClaim();
    WholePass(claim, {"a", "b", "c"});
    claim = NextRun(claim);
    PageWrite page = PageOf({{"a", "{}"}});
    page.fetched = 2;
    page.rejected = 1;
    page.rejected_keys = {"b"};
    page.snapshot = page.begins_pass = page.last = true;
    page.closes_pass = page.completes_run = whole;
    const Committed written = WriteOrFail(claim, page);
    EXPECT_EQ(whole ? written.deleted : Close(claim, true).deleted, 1) << "c alone";
    EXPECT_EQ(Int(claim,
                  "SELECT count(*) FROM syncline.records WHERE integration_id = :id AND "
                  "key = 'b' AND deleted_at IS NULL"),
              1);
  }
}

// Other binaries close by a statement of its own, and a pass of many pages does.
TEST_F(SnapshotTest, APageThatIsAllOfItsPassLeavesWhatAClosingPageLeaves) {
  const auto left = [&](const Claim& claim) {
    return Text(claim,
                "SELECT string_agg((key, deleted_at IS NULL, data)::text, ' ' ORDER BY key) ||"
                " (SELECT (c.cursor, c.definition_hash, c.pass_resumed, c.previous_pass_id IS NULL,"
                " c.done_run_id = l.run_id, l.fetched, l.created, l.updated, l.unchanged,"
                " l.deleted, l.pages, l.complete, l.state)::text"
                " FROM syncline.checkpoints c JOIN syncline.live l USING (integration_id)"
                " WHERE integration_id = :id) ||"
                " (SELECT count(*) FROM syncline.snapshot_seen WHERE integration_id = :id)"
                " FROM syncline.records WHERE integration_id = :id");
  };
  for (const bool given_up_before : {false, true}) {
    std::string closed_apart;
    for (const bool whole : {false, true}) {
      Claim claim = NewClaim();
      Pass(claim, {"a", "b", "c"}, /*stable=*/false);  // leaves what it saw, for the pass after it
      claim = NextRun(claim);
      if (given_up_before) {
        Page(claim, "x", true, false);
        claim = NextRun(claim);
      }
      PageWrite page = PageOf({{"c", R"({"v":2})"}, {"a", "{}"}, {"e", "{}"}});
      page.snapshot = page.begins_pass = page.last = true;
      page.closes_pass = page.completes_run = whole;
      WriteOrFail(claim, page);
      if (whole) {
        EXPECT_EQ(left(claim), closed_apart);
      } else {
        Close(claim, true);
        closed_apart = left(claim);
      }
    }
  }
}

TEST_F(SnapshotTest, PagePagingMarksAfterTwoPassesInARow) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b", "c"}, false);
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a", "c"}, false).deleted, 0);
  EXPECT_EQ(Alive(claim), "abc");
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a"}, false).deleted, 1) << "b was missed twice, c once";
  EXPECT_EQ(Alive(claim), "ac");
  EXPECT_EQ(SeenRows(claim), 1) << "only the newest pass is kept";
}

TEST_F(SnapshotTest, WhatAPassWroteItNeedNotCompareUnlessAnOlderBinaryNotedIt) {
  Claim claim = NewClaim();
  const auto forget = [&](const std::string& change_no) {
    testing::QueryOrDie(*connection_,
                        "UPDATE syncline.snapshot_seen SET keys = '{}', change_no = " + change_no);
  };
  Page(claim, "a", true, false);
  Page(claim, "b", false, true);
  forget("change_no");
  EXPECT_EQ(Close(claim, true).deleted, 0);
  claim = NextRun(claim);
  Page(claim, "c", true, true);
  forget("NULL");
  EXPECT_EQ(Close(claim, true).deleted, 3);
}

TEST_F(SnapshotTest, WhatAPassThatBeganAnewHadWrittenBeforeIsCompared) {
  Claim claim = NewClaim();
  Page(claim, "a", true, false);
  Page(claim, "b", false, false);
  Page(claim, "a", true, true);  // the cursor was no longer known
  EXPECT_EQ(Close(claim, true).deleted, 1);
  EXPECT_EQ(Alive(claim), "a");
}

TEST_F(SnapshotTest, ManyRecordsOnTablesWithoutStatisticsAreNotComparedPairByPair) {
  for (const char* table : {"records", "snapshot_seen"}) {
    testing::QueryOrDie(*connection_, std::string("ALTER TABLE syncline.") + table +
                                          " SET (autovacuum_enabled = false)");
  }
  Claim claim = NewClaim();
  Pass(claim, {"a"}, false);
  claim = NextRun(claim);
  Page(claim, "a", true, true);
  testing::QueryOrDie(
      *connection_,
      "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no)"
      " SELECT integration_id, stream, 'k' || n, '{}', '', 1"
      " FROM syncline.checkpoints, generate_series(1, 40000) n");
  testing::QueryOrDie(
      *connection_,
      "INSERT INTO syncline.snapshot_seen (integration_id, stream, pass_id, page_seq, keys)"
      " SELECT integration_id, stream, pass, 1000 + n / 500, array_agg('k' || n)"
      " FROM syncline.checkpoints, unnest(ARRAY[pass_id, previous_pass_id]) pass,"
      " generate_series(1, 39999) n GROUP BY 1, 2, 3, 4");
  // A nested loop over 40,000 records and 80,000 keys would outlast the statement's time limit.
  EXPECT_EQ(Close(claim, false).deleted, 1);
}

TEST_F(SnapshotTest, AStreamThatIsEmptiedAtOnceIsMarkedRowByRowNotPairByPair) {
  testing::QueryOrDie(*connection_,
                      "ALTER TABLE syncline.records SET (autovacuum_enabled = false)");
  Claim claim = NewClaim();
  Pass(claim, {"a"}, true);
  for (const bool whole : {false, true}) {
    testing::QueryOrDie(
        *connection_,
        "INSERT INTO syncline.records (integration_id, stream, key, data, hash, change_no)"
        " SELECT integration_id, stream, 'k' || n, '{}', '', 1"
        " FROM syncline.checkpoints, generate_series(1, 20000) n");
    claim = NextRun(claim);
    EXPECT_EQ((whole ? WholePass(claim, {"a"}) : Pass(claim, {"a"}, true)).deleted, 20000);
    EXPECT_EQ(Alive(claim), "a");
    EXPECT_EQ(Text(claim,
                   "SELECT (count(DISTINCT r.change_no), max(l.change_no - r.change_no), "
                   "min(l.change_no - r.change_no)) FROM syncline.records r JOIN syncline.live l "
                   "USING (integration_id) WHERE r.deleted_at IS NOT NULL"),
              "(20,19,0)")
        << "each thousand takes a change number";
    testing::QueryOrDie(*connection_, "DELETE FROM syncline.records WHERE key <> 'a'");
  }
}

TEST_F(SnapshotTest, APassThatWasResumedProvesNothingUnderPagePaging) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b"}, false);
  claim = NextRun(claim);
  Page(claim, "a", true, false);
  claim = ClaimAgain(claim);
  Page(claim, "c", false, true, true);
  EXPECT_EQ(Close(claim, false).deleted, 0);
  EXPECT_EQ(SeenRows(claim), 0);
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a"}, false).deleted, 0) << "the pass before does not count";
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a"}, false).deleted, 2);
}

TEST_F(SnapshotTest, APassGoesOnInTheNextAttemptWhosePagesCountFromOneAgain) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b", "c"}, true);
  claim = NextRun(claim);
  Page(claim, "a", true, false);
  claim = NextRun(claim);  // the first one failed or was cancelled after a page
  EXPECT_EQ(PageSeq(claim), 0);
  Page(claim, "c", false, true, true);
  EXPECT_EQ(Close(claim, true).deleted, 1);
  EXPECT_EQ(Alive(claim), "ac");
}

TEST_F(SnapshotTest, AResumedPassProvesUnderStablePaging) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b", "c"}, true);
  claim = NextRun(claim);
  Page(claim, "a", true, false);
  claim = ClaimAgain(claim);
  Page(claim, "c", false, true, true);
  EXPECT_EQ(Close(claim, true).deleted, 1);
  EXPECT_EQ(Alive(claim), "ac");
}

TEST_F(SnapshotTest, APassThatWasGivenUpIsForgottenAndBreaksTheRow) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b"}, false);
  claim = NextRun(claim);
  Page(claim, "x", true, false);
  Page(claim, "x", false, false);
  EXPECT_EQ(SeenRows(claim), 4);
  Page(claim, "a", true, true);  // begins anew
  EXPECT_EQ(SeenRows(claim), 1);
  EXPECT_EQ(Close(claim, false).deleted, 0) << "b may have moved; x was seen by no complete pass";
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a"}, false).deleted, 2);
}

TEST_F(SnapshotTest, AnEmptyPassMarksAllAndIsKnownToWaitForItsMarks) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b"}, true);
  claim = NextRun(claim);
  PageWrite page = PageOf({});
  page.snapshot = page.begins_pass = page.last = true;
  WriteOrFail(claim, page);
  claim = ClaimAgain(claim);  // the claim that read it died
  const auto state = store_.ReadRun(claim);
  ASSERT_TRUE(state.ok() && *state);
  EXPECT_TRUE((*state)->checkpoints.at("things").done);
  EXPECT_TRUE((*state)->checkpoints.at("things").unclosed);
  EXPECT_EQ(Close(claim, true, false).deleted, 2);
  const auto closed = store_.ReadRun(claim);
  EXPECT_TRUE((*closed)->checkpoints.at("things").done);
  EXPECT_FALSE((*closed)->checkpoints.at("things").unclosed);
  EXPECT_FALSE((*closed)->complete) << "another stream follows";
  EXPECT_EQ(Text(claim, "SELECT state FROM syncline.live"), "RUNNING") << "a closing page accepts";
}

TEST_F(SnapshotTest, AChangedDefinitionDropsTheCheckpointAndWhatItsPassSaw) {
  Claim claim = NewClaim();
  Pass(claim, {"a", "b"}, false);
  claim = NextRun(claim);
  Page(claim, "a", true, false);
  PageWrite page = PageOf({{"a", "{}"}});
  page.definition_hash = "d2";
  page.snapshot = page.begins_pass = page.last = true;
  WriteOrFail(claim, page);
  EXPECT_EQ(SeenRows(claim), 1);
  EXPECT_EQ(
      Text(claim, "SELECT (definition_hash, previous_pass_id IS NULL) FROM syncline.checkpoints"),
      "(d2,t)");
}

TEST_F(SnapshotTest, OtherStreamsAndIntegrationsAreLeftAlone) {
  const Claim other = NewClaim();
  WriteOrFail(other, PageOf({{"z", "{}"}}));
  Claim claim = NewClaim();
  PageWrite page = PageOf({{"y", "{}"}});
  page.stream = "others";
  WriteOrFail(claim, page);
  Pass(claim, {"a", "b"}, true);
  claim = NextRun(claim);
  EXPECT_EQ(Pass(claim, {"a"}, true).deleted, 1);
  EXPECT_EQ(Alive(claim), "ayz");
}

}  // namespace
}  // namespace syncline::executor
