#include "executor/storage/page_store.h"

#include <utility>

#include "common/base/failpoint.h"
#include "common/base/status_macros.h"
#include "executor_queries.h"

namespace syncline::executor {
namespace {

constexpr std::size_t kHashBytes = 16;

std::int64_t Millis(absl::Duration duration) { return absl::ToInt64Milliseconds(duration); }

}  // namespace

void RecordBatch::Reserve(std::size_t records, std::size_t key_bytes, std::size_t data_bytes) {
  keys_.Reserve(records, key_bytes);
  hashes_.Reserve(records, records * kHashBytes);
  data_.Reserve(records, data_bytes);
}

void RecordBatch::Add(std::string_view key, std::string_view hash, std::string_view data_json) {
  keys_.Add(key);
  hashes_.Add(hash);
  data_.Add(data_json);
}

RecordBatch RecordBatch::At(const std::vector<std::size_t>& places) const {
  RecordBatch some;
  for (const std::size_t place : places) some.Add(keys_[place], hashes_[place], data_[place]);
  return some;
}

postgres::BinaryArray RecordBatch::KeysAnd(const std::vector<std::string>& more) const {
  Array keys = keys_;
  for (const std::string& key : more) keys.Add(key);
  return keys;
}

absl::StatusOr<std::optional<Committed>> PageStore::Write(std::string_view sql,
                                                          const postgres::Params& params) {
  FAILPOINT("before_page_commit");
  ASSIGN_OR_RETURN(const postgres::Result result, pool_->Run(sql, params));
  FAILPOINT("after_page_commit");
  if (result.empty()) return std::optional<Committed>();
  const postgres::Row row = result[0];
  return std::optional(Committed{.page_seq = row.Int("page_seq"),
                                 .created = row.Int("created"),
                                 .updated = row.Int("updated"),
                                 .deleted = row.Int("deleted")});
}

absl::StatusOr<RecordBatch> PageStore::FindChanged(const Claim& claim, const PageWrite& page) {
  postgres::Params params;
  params.Add(claim.integration_id).Add(page.stream);
  params.AddBinary(page.records.keys()).AddBinary(page.records.hashes());
  ASSIGN_OR_RETURN(const postgres::Result changed, pool_->Run(queries::kFindChanged, params));
  std::vector<std::size_t> places;
  places.reserve(static_cast<std::size_t>(changed.size()));
  for (const postgres::Row row : changed)
    places.push_back(static_cast<std::size_t>(row.Int("place") - 1));
  return page.records.At(places);
}

absl::StatusOr<std::optional<Committed>> PageStore::WritePage(const Claim& claim,
                                                              std::int64_t page_seq,
                                                              absl::Duration lease,
                                                              const PageWrite& page) {
  if (page.expected == Expected::kUnchanged && page.records.size() > 0) {
    ASSIGN_OR_RETURN(const RecordBatch changed, FindChanged(claim, page));
    return WritePage(claim, page_seq, lease, page, changed, /*all_new=*/false);
  }
  if (page.expected == Expected::kNew) {
    auto written = WritePage(claim, page_seq, lease, page, page.records, /*all_new=*/true);
    // A key was there already, and the whole statement is undone.
    if (!absl::IsAlreadyExists(written.status())) return written;
  }
  return WritePage(claim, page_seq, lease, page, page.records, /*all_new=*/false);
}

absl::StatusOr<std::optional<Committed>> PageStore::WritePage(
    const Claim& claim, std::int64_t page_seq, absl::Duration lease, const PageWrite& page,
    const RecordBatch& records, bool all_new) {
  static const RecordBatch kNone;
  std::string_view seen = page.snapshot ? page.records.keys() : kNone.keys();
  std::optional<postgres::BinaryArray> with_rejected;
  if (page.snapshot && !page.rejected_keys.empty())
    seen = with_rejected.emplace(page.records.KeysAnd(page.rejected_keys)).bytes();
  postgres::Params params;
  params.Add(claim.integration_id).Add(claim.fence).Add(page_seq).Add(Millis(lease));
  params.Add(page.stream).Add(page.definition_hash).Add(page.cursor_json);
  params.Add(page.begins_pass).Add(page.resumed_pass).Add(page.snapshot).Add(page.last);
  params.Add(page.completes_run);
  params.AddBinary(records.keys()).AddBinary(records.hashes()).AddBinary(records.data());
  params.AddBinary(seen);
  params.Add(page.fetched).Add(page.rejected).Add(postgres::TextArray(page.reject_reasons));
  params.Add(all_new).Add(page.closes_pass);
  return Write(queries::kWritePage, params);
}

absl::StatusOr<std::optional<Committed>> PageStore::CloseSnapshot(
    const Claim& claim, std::int64_t page_seq, absl::Duration lease, const std::string& stream,
    const std::string& definition_hash, bool paging_stable, bool completes_run) {
  postgres::Params params;
  params.Add(claim.integration_id).Add(claim.fence).Add(page_seq).Add(Millis(lease));
  params.Add(stream).Add(definition_hash).Add(paging_stable).Add(completes_run);
  return Write(queries::kCloseSnapshot, params);
}

absl::StatusOr<std::optional<RunState>> PageStore::ReadRun(const Claim& claim) {
  ASSIGN_OR_RETURN(
      const postgres::Result result,
      pool_->Run(queries::kReadRun, postgres::Params().Add(claim.integration_id).Add(claim.fence)));
  if (result.empty()) return std::optional<RunState>();
  RunState state{.page_seq = result[0].Int("page_seq"), .complete = result[0].Bool("complete")};
  for (const postgres::Row row : result) {
    if (row.IsNull("stream")) continue;
    state.checkpoints[row.String("stream")] = {.definition_hash = row.String("definition_hash"),
                                               .cursor_json = row.String("cursor"),
                                               .done = row.Bool("done"),
                                               .unclosed = row.Bool("unclosed")};
  }
  return std::optional(std::move(state));
}

}  // namespace syncline::executor
