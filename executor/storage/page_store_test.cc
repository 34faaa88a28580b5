#include "executor/storage/page_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/ids.h"
#include "executor/storage/live_row_fixture.h"
#include "executor_queries.h"

namespace syncline::executor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::QueryOrDie;

TEST_F(LiveRowTest, NewChangedAndUnchangedRecordsAreToldApart) {
  const Claim claim = NewClaim();
  const Committed first = WriteOrFail(claim, PageOf({{"a", R"({"v":1})"}, {"b", R"({"v":1})"}}));
  EXPECT_EQ(first.page_seq, 1);
  EXPECT_EQ(first.created, 2);
  EXPECT_EQ(first.updated, 0);
  const std::string untouched = Text(claim, "SELECT ctid FROM syncline.records WHERE key = 'a'");
  const Committed second =
      WriteOrFail(claim, PageOf({{"a", R"({"v":1})"}, {"b", R"({"v":2})"}, {"c", R"({"v":3})"}}));
  EXPECT_EQ(second.page_seq, 2);
  EXPECT_EQ(second.created, 1);
  EXPECT_EQ(second.updated, 1);
  EXPECT_EQ(Text(claim, "SELECT ctid FROM syncline.records WHERE key = 'a'"), untouched)
      << "an unchanged row was rewritten";
  EXPECT_EQ(Text(claim, "SELECT data FROM syncline.records WHERE key = 'b'"), R"({"v": 2})");
  EXPECT_EQ(
      Text(claim,
           "SELECT (fetched, created, updated, unchanged, rejected, pages) FROM syncline.live"),
      "(5,3,1,1,0,2)");
  EXPECT_EQ(
      Text(claim, "SELECT string_agg(key || change_no, ' ' ORDER BY key) FROM syncline.records"),
      "a11 b12 c12");
}

TEST_F(LiveRowTest, APageThatAsksFirstWritesAndCountsTheSame) {
  const Claim claim = NewClaim();
  WriteOrFail(claim, PageOf({{"a", R"({"v":1})"}, {"b", R"({"v":1})"}, {"gone", "{}"}}));
  QueryOrDie(*connection_,
             "UPDATE syncline.records SET deleted_at = clock_timestamp() WHERE key = 'gone'");
  const std::string untouched = Text(claim, "SELECT ctid FROM syncline.records WHERE key = 'a'");
  PageWrite page =
      PageOf({{"a", R"({"v":1})"}, {"gone", "{}"}, {"b", R"({"v":2})"}, {"c", R"({"v":3})"}});
  page.expected = Expected::kUnchanged;
  page.snapshot = page.begins_pass = true;
  const Committed second = WriteOrFail(claim, page);
  EXPECT_EQ(second.created, 1);
  EXPECT_EQ(second.updated, 2) << "one changed, one came back";
  EXPECT_EQ(Text(claim, "SELECT ctid FROM syncline.records WHERE key = 'a'"), untouched);
  EXPECT_EQ(Text(claim, "SELECT data FROM syncline.records WHERE key = 'b'"), R"({"v": 2})");
  EXPECT_EQ(Text(claim, "SELECT (fetched, created, updated, unchanged) FROM syncline.live"),
            "(7,4,2,1)");
  EXPECT_EQ(Text(claim, "SELECT keys FROM syncline.snapshot_seen"), "{a,gone,b,c}")
      << "what is unchanged was seen as well";
  page = PageOf({{"a", R"({"v":1})"}});
  page.expected = Expected::kUnchanged;
  WriteOrFail(claim, page);
  EXPECT_EQ(Text(claim, "SELECT (fetched, created, updated, unchanged) FROM syncline.live"),
            "(8,4,2,2)");
}

TEST_F(LiveRowTest, APageThatIsThoughtNewWritesAndCountsTheSame) {
  const Claim claim = NewClaim();
  PageWrite page = PageOf({{"a", R"({"v":1})"}, {"b", R"({"v":1})"}, {"gone", "{}"}});
  page.expected = Expected::kNew;
  EXPECT_EQ(WriteOrFail(claim, page).created, 3);
  QueryOrDie(*connection_,
             "UPDATE syncline.records SET deleted_at = clock_timestamp() WHERE key = 'gone'");
  const std::string untouched = Text(claim, "SELECT ctid FROM syncline.records WHERE key = 'a'");
  page = PageOf({{"c", R"({"v":3})"}, {"a", R"({"v":1})"}, {"gone", "{}"}, {"b", R"({"v":2})"}});
  page.expected = Expected::kNew;
  const Committed second = WriteOrFail(claim, page);
  EXPECT_EQ(second.page_seq, 2);
  EXPECT_EQ(second.created, 1);
  EXPECT_EQ(second.updated, 2) << "one changed, one came back";
  EXPECT_EQ(Text(claim, "SELECT ctid FROM syncline.records WHERE key = 'a'"), untouched);
  EXPECT_EQ(Text(claim, "SELECT data FROM syncline.records WHERE key = 'b'"), R"({"v": 2})");
  EXPECT_EQ(Text(claim, "SELECT (fetched, created, updated, unchanged, pages) FROM syncline.live"),
            "(7,4,2,1,2)");
  EXPECT_EQ(
      Text(claim, "SELECT string_agg(key || change_no, ' ' ORDER BY key) FROM syncline.records"),
      "a11 b12 c12 gone12");
}

TEST_F(LiveRowTest, APageThatIsThoughtNewLooksForNoKey) {
  const Claim claim = NewClaim();
  ASSERT_TRUE(connection_->RunScript("SET plan_cache_mode = force_generic_plan").ok());
  ASSERT_TRUE(connection_->RunScript("PREPARE page AS " + std::string(queries::kWritePage)).ok());
  for (const bool all_new : {true, false}) {
    std::string text;
    for (const auto row : QueryOrDie(
             *connection_,
             fmt::format(
                 "EXPLAIN (ANALYZE, COSTS off, TIMING off) EXECUTE page('{}', '{}', "
                 "{}, 30000, 's', 'd', '{{}}', true, false, true, false, false, "
                 "'{{a}}', '{{\"\\\\x00\"}}', '{{\"{{}}\"}}', '{{a}}', 1, 0, '{{}}', {}, false)",
                 claim.integration_id, claim.fence, all_new ? 0 : 1, all_new)))
      text += row.String("QUERY PLAN") + "\n";
    const bool looked = text.find("Index Scan using records_pkey on records r (never executed)") ==
                        std::string::npos;
    EXPECT_EQ(looked, !all_new) << text;
  }
}

TEST_F(LiveRowTest, DuplicatesCountAsUnchangedAndRejectedOnesKeepTheFirstReasons) {
  const Claim claim = NewClaim();
  PageWrite page = PageOf({{"a", "{}"}});
  page.fetched = 6;  // 1 record, 2 duplicates of it, 3 rejected
  page.rejected = 3;
  page.reject_reasons = {"record 2: no \"key\", {it's} NULL", "r2", "r3"};
  WriteOrFail(claim, page);
  WriteOrFail(claim, page);
  EXPECT_EQ(
      Text(claim, "SELECT (fetched, created, updated, unchanged, rejected) FROM syncline.live"),
      "(12,1,0,5,6)");
  EXPECT_EQ(
      Int(claim, "SELECT fetched - created - updated - unchanged - rejected FROM syncline.live"),
      0);
  EXPECT_EQ(Int(claim, "SELECT cardinality(rejected_reasons) FROM syncline.live"), 5);
  EXPECT_EQ(Text(claim, "SELECT rejected_reasons[1] FROM syncline.live"), page.reject_reasons[0]);
}

TEST_F(LiveRowTest, ARecordThatComesBackIsUpdatedAndNoLongerDeleted) {
  const Claim claim = NewClaim();
  WriteOrFail(claim, PageOf({{"a", "{}"}}));
  QueryOrDie(*connection_, "UPDATE syncline.records SET deleted_at = clock_timestamp()");
  const Committed back = WriteOrFail(claim, PageOf({{"a", "{}"}}));
  EXPECT_EQ(back.updated, 1);
  EXPECT_EQ(
      Int(claim,
          "SELECT count(*) FROM syncline.records WHERE deleted_at IS NULL AND change_no = 12"),
      1);
}

TEST_F(LiveRowTest, ChangeNumbersRiseByOneForEachPageThatChangesSomething) {
  const Claim claim = NewClaim();
  const auto change_no = [&] { return Int(claim, "SELECT change_no FROM syncline.live"); };
  EXPECT_EQ(change_no(), 10);
  WriteOrFail(claim, PageOf({{"a", "{}"}}));
  EXPECT_EQ(change_no(), 11);
  WriteOrFail(claim, PageOf({{"a", "{}"}}));
  WriteOrFail(claim, PageOf({}));
  EXPECT_EQ(change_no(), 11);
  WriteOrFail(claim, PageOf({{"a", R"({"v":2})"}}));
  EXPECT_EQ(change_no(), 12);
}

// What json_document_test has as the order of a canonical text.
TEST_F(LiveRowTest, JsonbHasTheOrderOfCanonicalTexts) {
  EXPECT_EQ(Text({}, R"(SELECT string_agg(k, ' ' ORDER BY place) FROM jsonb_object_keys(
                     '{"aaa":1,"é":1,"bb":1,"z":1,"Z":1,"":1}') WITH ORDINALITY AS m (k, place))"),
            " Z z bb é aaa");
}

TEST_F(LiveRowTest, EachThousandRecordsOfAPageTakesAChangeNumber) {
  TestRecords first, second;
  for (int i = 0; i < 2500; ++i) {
    first.emplace_back("k" + std::to_string(i), R"({"v":1})");
    second.emplace_back("k" + std::to_string(i), i % 2 == 0 ? R"({"v":2})" : R"({"v":1})");
  }
  second.emplace_back("more", "{}");
  for (const Expected expected : {Expected::kNew, Expected::kUnchanged, Expected::kAnything}) {
    const Claim claim = NewClaim();
    const auto numbers = [&] {
      return Text(
          claim,
          "SELECT string_agg(n || ':' || c, ' ' ORDER BY n) || ' ' || (SELECT change_no FROM "
          "syncline.live WHERE integration_id = :id) FROM (SELECT change_no AS n, count(*) "
          "AS c FROM syncline.records WHERE integration_id = :id GROUP BY 1) a");
    };
    PageWrite page = PageOf(first);
    page.expected = expected;
    EXPECT_EQ(WriteOrFail(claim, page).created, 2500);
    EXPECT_EQ(numbers(), "11:1000 12:1000 13:500 13");
    page = PageOf(second);
    page.expected = expected;
    const Committed changed = WriteOrFail(claim, page);
    EXPECT_EQ(changed.created, 1);
    EXPECT_EQ(changed.updated, 1250);
    EXPECT_EQ(numbers(), "11:500 12:500 13:250 14:1000 15:251 15");
  }
}

TEST_F(LiveRowTest, APageAcceptsAndRenews) {
  const Claim claim = NewClaim();
  WriteOrFail(claim, PageOf({}));
  EXPECT_EQ(Text(claim, "SELECT state FROM syncline.live"), "RUNNING");
  EXPECT_EQ(Int(claim,
                "SELECT count(*) FROM syncline.live WHERE "
                "abs(extract(epoch FROM started_at - running_since)) < 0.01 AND "
                "lease_expires_at > clock_timestamp() + interval '25 s' AND "
                "deadline_at BETWEEN clock_timestamp() + interval '59 min' AND clock_timestamp() + "
                "interval '60 min'"),
            1);
  const std::string before =
      Text(claim, "SELECT (started_at, running_since, deadline_at) FROM syncline.live");
  WriteOrFail(claim, PageOf({}));
  EXPECT_EQ(Text(claim, "SELECT (started_at, running_since, deadline_at) FROM syncline.live"),
            before);
}

TEST_F(LiveRowTest, TheCheckpointIsCommittedWithThePage) {
  const Claim claim = NewClaim();
  PageWrite page = PageOf({{"a", "{}"}});
  page.begins_pass = true;
  WriteOrFail(claim, page);
  auto state = store_.ReadRun(claim);
  ASSERT_TRUE(state.ok() && *state) << state.status();
  EXPECT_EQ((*state)->page_seq, 1);
  EXPECT_FALSE((*state)->complete);
  EXPECT_EQ((*state)->checkpoints["things"].definition_hash, "d1");
  EXPECT_EQ((*state)->checkpoints["things"].cursor_json, R"({"position": {"number": 2}})");
  EXPECT_FALSE((*state)->checkpoints["things"].done);
  page.begins_pass = false;
  page.cursor_json = "{}";
  page.last = page.completes_run = true;
  WriteOrFail(claim, page);
  state = store_.ReadRun(claim);
  EXPECT_TRUE((*state)->complete);
  EXPECT_TRUE((*state)->checkpoints["things"].done);
  EXPECT_FALSE((*state)->checkpoints["things"].unclosed)
      << "an incremental stream has nothing to close";
  EXPECT_FALSE((*store_.ReadRun(NextRun(claim)))->checkpoints["things"].done)
      << "done for the run before";
}

TEST_F(LiveRowTest, AStaleFenceOrAnotherPageWritesNothingAtAll) {
  const Claim old_claim = NewClaim();
  PageWrite page = PageOf({{"a", R"({"v":1})"}});
  page.snapshot = page.begins_pass = true;
  WriteOrFail(old_claim, page);
  const Claim claim = ClaimAgain(old_claim);
  const std::string before = Everything();
  PageWrite other = PageOf({{"a", R"({"v":2})"}, {"b", R"({"v":2})"}});
  other.snapshot = other.begins_pass = other.last = other.completes_run = true;
  struct Try {
    const char* name;
    Claim claim;
    std::int64_t page_seq;
  };
  const Try tries[] = {
      {"stale fence", old_claim, 1},
      {"page behind", claim, 0},
      {"page ahead", claim, 2},
      {"fence of another integration", {NewClaim().integration_id, claim.fence}, 1}};
  QueryOrDie(*connection_,
             "DELETE FROM syncline.live WHERE integration_id <> '" + claim.integration_id + "'");
  for (const Try& t : tries) {
    for (const Expected expected : {Expected::kNew, Expected::kAnything, Expected::kUnchanged}) {
      other.expected = expected;
      const auto written = store_.WritePage(t.claim, t.page_seq, kTestLease, other);
      ASSERT_TRUE(written.ok()) << t.name << written.status();
      EXPECT_FALSE(*written) << t.name;
      other.closes_pass = !other.closes_pass;
    }
    const auto closed =
        store_.CloseSnapshot(t.claim, t.page_seq, kTestLease, "things", "d1", true, true);
    ASSERT_TRUE(closed.ok()) << t.name << closed.status();
    EXPECT_FALSE(*closed) << t.name;
    EXPECT_EQ(Everything(), before) << t.name;
  }
  EXPECT_FALSE(*store_.ReadRun(old_claim));
  QueryOrDie(*connection_, "UPDATE syncline.live SET state = 'PENDING', fence = NULL");
  EXPECT_FALSE(*store_.WritePage(claim, 1, kTestLease, other));
  EXPECT_FALSE(*store_.ReadRun(claim));
}

TEST_F(LiveRowTest, FiveHundredRecordsWithHostileTextComeBackAsTheyWere) {
  const Claim claim = NewClaim();
  const std::vector<std::string> hostile = {"'; DROP TABLE syncline.live; --",
                                            "\\",
                                            "\"",
                                            "{a,b}",
                                            "NULL",
                                            "",
                                            "\xF0\x9F\x92\xA9 \xC3\xA9",
                                            "line\nbreak\ttab",
                                            "$1",
                                            ",",
                                            "\x01\x7f"};
  TestRecords records;
  for (int i = 0; i < 500; ++i) {
    const std::string& text = hostile[static_cast<std::size_t>(i) % hostile.size()];
    std::string escaped;
    for (const char c : text) {
      if (c == '"' || c == '\\') escaped += '\\';
      if (static_cast<unsigned char>(c) < 0x20) {
        escaped += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        escaped += c;
      }
    }
    records.emplace_back(fmt::format("{}#{}", text, i),
                         fmt::format(R"({{"n":{},"t":"{}"}})", i, escaped));
  }
  EXPECT_EQ(WriteOrFail(claim, PageOf(records)).created, 500);
  const auto rows =
      QueryOrDie(*connection_,
                 "SELECT key, data ->> 't' AS t, data ->> 'n' AS n FROM syncline.records "
                 "ORDER BY (data ->> 'n')::int");
  ASSERT_EQ(rows.size(), 500);
  for (int i = 0; i < 500; ++i) {
    const std::string& text = hostile[static_cast<std::size_t>(i) % hostile.size()];
    EXPECT_EQ(rows[i].Text("t"), text);
    EXPECT_EQ(rows[i].Text("key"), records[static_cast<std::size_t>(i)].first);
  }
  EXPECT_EQ(WriteOrFail(claim, PageOf(records)).updated, 0);
}

TEST_F(LiveRowTest, RecordsAreFoundByIndexHoweverTheStatisticsLook) {
  const Claim claim = NewClaim();
  const std::string hash = "'{\"\\\\x00\"}'";
  const std::pair<std::string_view, std::string> statements[] = {
      {queries::kWritePage,
       fmt::format("'{}','{}',0,30000,'s','d','{{}}',true,false,true,false,false,'{{a}}',{},"
                   "'{{\"{{}}\"}}','{{a}}',1,0,'{{}}',false,true",
                   claim.integration_id, claim.fence, hash)},
      {queries::kFindChanged, fmt::format("'{}','s','{{a}}',{}", claim.integration_id, hash)}};
  ASSERT_TRUE(connection_->RunScript("SET plan_cache_mode = force_generic_plan").ok());
  for (const auto& [sql, values] : statements) {
    ASSERT_TRUE(connection_->RunScript("PREPARE page AS " + std::string(sql)).ok());
    std::string text;
    for (const auto row :
         QueryOrDie(*connection_, fmt::format("EXPLAIN (COSTS off) EXECUTE page({})", values)))
      text += row.String("QUERY PLAN") + "\n";
    EXPECT_THAT(text, HasSubstr("Index Scan using records_pkey on records r"));
    EXPECT_THAT(text, Not(HasSubstr("Seq Scan")));
    ASSERT_TRUE(connection_->RunScript("DEALLOCATE page").ok());
  }
}

}  // namespace
}  // namespace syncline::executor
