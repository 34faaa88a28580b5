#include "tests/explorer/page_statements.h"

#include <algorithm>

#include "tests/explorer/decisions.h"
#include "tests/explorer/run_statements.h"

namespace syncline::explorer {
namespace {

using Step = executor::RunStep::Kind;

constexpr unsigned Bit(Byte kind) { return 1U << (kind - 1U); }

Byte NewestChange(const Tables& tables) {
  Byte newest = 0;
  for (const Record& record : tables.records) newest = std::max(newest, record.change_no);
  return newest;
}

bool Found(const World& world, const Live& live, const PageStatement& page) {
  const bool fence = world.Has(Mend::kFenceInPage) ? Holds(world, live, page.claim)
                                                   : live.present != 0 && live.state != kPending;
  return fence && (live.page_seq == page.page_seq || !world.Has(Mend::kPageSeqInPage));
}

// The update of the live row, which everything else of a page joins.
void Accept(Live& live, bool completes) {
  ++live.page_seq;
  live.complete = static_cast<Byte>(live.complete != 0 || completes);
  live.state = kRunning;
  live.lease = kLeaseValid;
  live.started = 1;
}

void WriteRecords(const World& world, const Tables& seen, Tables& now, const PageStatement& page,
                  bool counts, Verdict& verdict) {
  const std::size_t place = page.kind - 1U;
  const bool is_new = seen.records[place].state != kPresent;
  Live& live = now.live;
  ++live.pages_done;
  if (counts) {
    ++live.fetched;
    live.created = static_cast<Byte>(live.created + is_new);
  }
  if (is_new) {
    verdict.Require(live.change_no + 1 > NewestChange(now),
                    "the feed of changes has no number twice");
    now.records[place] = {kPresent, ++live.change_no};
  }
  const bool begins = page.kind == kFirstPage;
  const bool last = page.kind == kPages;
  Checkpoint& checkpoint = now.checkpoint;
  verdict.Require(begins || (checkpoint.definition == page.definition && checkpoint.cursor == 1),
                  "a page goes on from the checkpoint");
  checkpoint.present = 1;
  checkpoint.definition = page.definition;
  checkpoint.cursor = last ? 0 : page.kind;
  checkpoint.done_run = last ? live.run : 0;
  const unsigned before = begins ? 0U : 1U;  // a mask, as a product
  checkpoint.pass_pages = static_cast<Byte>(checkpoint.pass_pages * before | Bit(page.kind));
  if (world.snapshot_stream)
    checkpoint.seen = static_cast<Byte>(checkpoint.seen * before | Bit(page.kind));
}

void WriteClosing(const Tables& seen, Tables& now, Verdict& verdict) {
  const bool any = MarkUnseen(seen, now, verdict);
  now.live.change_no = static_cast<Byte>(now.live.change_no + any);
  now.checkpoint.done_run = now.live.run;
  now.checkpoint.seen = 0;
}

}  // namespace

bool MarkUnseen(const Tables& seen, Tables& now, Verdict& verdict) {
  bool any = false;
  for (unsigned place = 0; place < kPages; ++place) {
    any =
        any || (now.records[place].state == kPresent && (seen.checkpoint.seen >> place & 1U) == 0);
  }
  // The remote has both records all the time, whatever happens to the run.
  verdict.Require(!any, "a record that the remote still has is not marked deleted");
  return any;
}

bool WritePage(const World& world, const Tables& seen, Tables& now, const PageStatement& page,
               bool counts, Verdict& verdict) {
  if (!Found(world, now.live, page)) return false;
  verdict.Require(now.live.fence == page.claim.fence, "a stale attempt writes nothing");
  verdict.Require(now.live.page_seq == page.page_seq, "no page is committed twice");
  verdict.Require(now.integration.config_version == page.config_version,
                  "nothing is written that was fetched with an old config");
  Accept(now.live, page.completes != 0);
  if (page.kind == kClosingPage) {
    WriteClosing(seen, now, verdict);
  } else {
    WriteRecords(world, seen, now, page, counts, verdict);
  }
  return true;
}

bool ReadRun(const World& world, const Tables& now, Executor& executor) {
  if (!Holds(world, now.live, executor.claim)) return false;
  const Checkpoint& checkpoint = now.checkpoint;
  executor.page_seq = now.live.page_seq;
  executor.complete = now.live.complete;
  executor.checkpoint =
      static_cast<Byte>(checkpoint.present != 0 && checkpoint.definition == executor.definition);
  if (executor.checkpoint == 0) return true;
  executor.cursor = checkpoint.cursor;
  executor.done = static_cast<Byte>(checkpoint.done_run == now.live.run);
  executor.unclosed = static_cast<Byte>(checkpoint.seen != 0);
  return true;
}

PageStatement NextPage(const World& world, const Executor& executor) {
  PageStatement page{};
  const Step step = NextStepOf(executor, world.snapshot_stream);
  if (step == Step::kFinish) return page;
  page.present = 1;
  page.claim = executor.claim;
  page.config_version = executor.config_version;
  page.definition = executor.definition;
  page.page_seq = executor.page_seq;
  page.completes = 1;
  if (step == Step::kCloseSnapshot) {
    page.kind = kClosingPage;
  } else {
    page.kind = executor.checkpoint != 0 && executor.cursor == 1 ? kSecondPage : kFirstPage;
    page.completes = static_cast<Byte>(page.kind == kPages && !world.snapshot_stream);
  }
  return page;
}

void NotePage(const World& world, const PageStatement& page, Executor& executor) {
  ++executor.page_seq;
  executor.complete = static_cast<Byte>(executor.complete != 0 || page.completes != 0);
  if (page.kind == kClosingPage) executor.unclosed = 0;
  if (page.kind > kPages) return;
  executor.checkpoint = 1;
  executor.done = static_cast<Byte>(page.kind == kPages);
  executor.cursor = executor.done != 0 ? 0 : page.kind;
  executor.unclosed = static_cast<Byte>(executor.done != 0 && world.snapshot_stream);
}

}  // namespace syncline::explorer
