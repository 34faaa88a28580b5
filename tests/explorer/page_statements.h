// The executor's statements (executor/storage/queries): write_page, close_snapshot and read_run,
// for one stream of two pages with one record each.
#pragma once

#include "tests/explorer/state.h"
#include "tests/explorer/verdict.h"
#include "tests/explorer/world.h"

namespace syncline::explorer {

// Whether the page was committed. `seen`: the snapshot, which the comparison with the stored
// records and the pass are read from; the live row is read as it is. `counts`: false leaves them to
// a second statement (Mend::kCountsInPage left out).
bool WritePage(const World& world, const Tables& seen, Tables& now, const PageStatement& page,
               bool counts, Verdict& verdict);

// Marks as deleted what the pass has not seen. Whether there was anything.
bool MarkUnseen(const Tables& seen, Tables& now, Verdict& verdict);

// What a holder reads before it begins. False: the fence is gone.
bool ReadRun(const World& world, const Tables& now, Executor& executor);

// The page that the executor writes next.
PageStatement NextPage(const World& world, const Executor& executor);

// What the executor believes once the page is known to be committed.
void NotePage(const World& world, const PageStatement& page, Executor& executor);

}  // namespace syncline::explorer
