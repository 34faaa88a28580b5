// What an executor writes: pages and delete marks, each one fenced statement, and how it learns
// where a run stands. No transaction stays open between calls (docs: protocol.md, "A page").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/postgres/array.h"
#include "common/postgres/pool.h"
#include "executor/core/run_state.h"

namespace syncline::executor {

// Whose authority a statement carries.
struct Claim {
  std::string integration_id = {};
  std::string fence = {};  // never logged
};

// The records of a page as the arrays of the statement. Built once, by whoever has time; sent as
// often as needed.
class RecordBatch {
 public:
  // Makes room for what is about to be added.
  void Reserve(std::size_t records, std::size_t key_bytes, std::size_t data_bytes);
  // `key` is unique in the batch, text without NUL; `hash` is 16 bytes; `data_json` is what jsonb
  // takes.
  void Add(std::string_view key, std::string_view hash, std::string_view data_json);
  // The records at these places, in this order.
  RecordBatch At(const std::vector<std::size_t>& places) const;

  // Its keys, and more.
  postgres::BinaryArray KeysAnd(const std::vector<std::string>& more) const;

  std::size_t size() const { return keys_.size(); }
  std::string_view keys() const { return keys_.bytes(); }
  std::string_view hashes() const { return hashes_.bytes(); }
  std::string_view data() const { return data_.bytes(); }

 private:
  using Array = postgres::BinaryArray;
  Array keys_{Array::Type::kText}, hashes_{Array::Type::kBytea}, data_{Array::Type::kText};
};

// What is thought of a page before it is compared with what is stored. It decides how that is done,
// never what is written.
enum class Expected {
  kNew,        // nothing of it is stored: it pays to insert without a look-up
  kAnything,   // each key is looked for by the page's own statement
  kUnchanged,  // most of it is stored as it is: it pays to ask first what is not
};

// One page to commit.
struct PageWrite {
  std::string stream;
  std::string definition_hash;
  std::string cursor_json;
  bool snapshot = false;       // note the keys as seen
  bool begins_pass = false;    // forgets what an unfinished pass noted
  bool resumed_pass = false;   // the pass was begun by another claim
  bool last = false;           // the stream's last page
  bool closes_pass = false;    // it is all of a snapshot's pass, and makes its delete marks
  bool completes_run = false;  // nothing follows it, no delete marks either
  Expected expected = Expected::kAnything;
  RecordBatch records;
  // fetched = records + duplicates within the page + rejected.
  std::int64_t fetched = 0;
  std::int64_t rejected = 0;
  std::vector<std::string> reject_reasons;  // the first few
  std::vector<std::string> rejected_keys;   // as far as they have one: seen, too
};

// What a statement committed.
struct Committed {
  std::int64_t page_seq = 0;  // after it
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
};

// Any thread; calls block on the database. The pool outlives it.
//
// The two writes return nullopt when they changed nothing (fence or page_seq is another). After
// that, and after UNAVAILABLE and ABORTED, ReadRun tells what became of them: ResolveDoubt. Other
// errors carry an SQLSTATE and come again.
class PageStore {
 public:
  explicit PageStore(postgres::Pool* pool) : pool_(pool) {}

  absl::StatusOr<std::optional<Committed>> WritePage(const Claim& claim, std::int64_t page_seq,
                                                     absl::Duration lease, const PageWrite& page);

  // Marks what a complete pass did not see and ends the pass. `paging_stable`: see StreamReader.
  absl::StatusOr<std::optional<Committed>> CloseSnapshot(const Claim& claim, std::int64_t page_seq,
                                                         absl::Duration lease,
                                                         const std::string& stream,
                                                         const std::string& definition_hash,
                                                         bool paging_stable, bool completes_run);

  // nullopt: the fence is gone.
  absl::StatusOr<std::optional<RunState>> ReadRun(const Claim& claim);

 private:
  absl::StatusOr<RecordBatch> FindChanged(const Claim& claim, const PageWrite& page);
  absl::StatusOr<std::optional<Committed>> WritePage(const Claim& claim, std::int64_t page_seq,
                                                     absl::Duration lease, const PageWrite& page,
                                                     const RecordBatch& records, bool all_new);
  absl::StatusOr<std::optional<Committed>> Write(std::string_view sql,
                                                 const postgres::Params& params);
  postgres::Pool* const pool_;
};

}  // namespace syncline::executor
