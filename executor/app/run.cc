#include "executor/app/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "executor/connectors/rest/rest_stream_reader.h"

namespace syncline::executor {
namespace {

// When the remote does not say how long it wants us to wait.
constexpr absl::Duration kUntoldWait = absl::Seconds(60);
constexpr absl::Duration kShortestWait = absl::Seconds(1);
constexpr std::size_t kLongestMessage = 1000;
// Of a config that takes less time to prepare than handing it to another thread and back does.
constexpr std::size_t kShortConfig = 4096;
// In a page whose data goes to the database sooner than an answer about its keys comes back.
constexpr std::size_t kFewRecords = 100;

SyncError MakeError(ErrorClass cls, std::string message) {
  SyncError error;
  error.cls = cls;
  error.message = std::move(message);
  return error;
}

// What a page tells of the next one of its stream.
Expected ExpectedAfter(const PageWrite& page, const Committed& counts) {
  // Only where a stream is read for the first time, and no longer once a record of it comes again:
  // others may, and each page that has one costs a statement that is undone.
  const auto records = static_cast<std::int64_t>(page.records.size());
  if (page.expected == Expected::kNew && counts.created == records) return Expected::kNew;
  return (counts.created + counts.updated) * 2 < page.fetched ? Expected::kUnchanged
                                                              : Expected::kAnything;
}

// Whether delete marks follow it.
bool LeavesPassOpen(const PageWrite& page) {
  return page.last && page.snapshot && !page.closes_pass;
}

// Cut at a character's border.
std::string Shortened(std::string text) {
  if (text.size() <= kLongestMessage) return text;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

}  // namespace

Run::Run(Assignment assignment, const RunServices* services, RunObserver* observer)
    : assignment_(std::move(assignment)),
      services_(*services),
      observer_(*observer),
      writer_(std::make_shared<FencedWriter>(
          Claim{assignment_.key.integration_id, assignment_.key.fence}, services->loop,
          services->database, services->store, services->clock, services->metrics,
          [observer] { observer->OnRefusedWrite(); })),
      trust_(services->clock->Now(), assignment_.dispatch_limit, assignment_.lease),
      deadline_(services->clock->Now() + assignment_.remaining) {}

void Run::Start() {
  if (assignment_.config_json.size() <= kShortConfig)
    return OnPrepared(services_.prepare(assignment_, *services_.cipher, services_.configs));
  services_.compute->Submit([self = shared_from_this()] {
    auto prepared = std::make_shared<SyncResult<PreparedRun>>(self->services_.prepare(
        self->assignment_, *self->services_.cipher, self->services_.configs));
    self->services_.loop->Post([self, prepared] { self->OnPrepared(std::move(*prepared)); });
  });
}

void Run::OnPrepared(SyncResult<PreparedRun> prepared) {
  if (ended_) return;
  if (!prepared.ok()) return Fail(prepared.error(), "");
  prepared_ = std::move(prepared).value();
  limiter_ =
      services_.rate_limits->For(assignment_.key.integration_id, prepared_->parsed->rate_limit,
                                 absl::UnixEpoch() + services_.clock->Now());
  if (assignment_.state) {
    state_ = *assignment_.state;
    started_ = true;
    return Advance();
  }
  writer_->Read([self = shared_from_this()](auto state) { self->OnState(std::move(state)); });
}

void Run::OnState(absl::StatusOr<std::optional<RunState>> state) {
  if (!state.ok()) {
    return Fail(
        MakeError(ErrorClass::kInternal, "the run's checkpoint cannot be read from the database"),
        "");
  }
  if (!*state) {
    Close();
    observer_.OnRunLost(shared_from_this());
    return;
  }
  state_ = std::move(**state);
  started_ = true;
  Advance();
}

// Decides what is next, whenever nothing is being written.
void Run::Advance() {
  if (ended_ || writing_) return;
  if (returning_) return End(ReportOf(RunReport::Kind::kReturned));
  step_ = NextStep(prepared_->parsed->streams, state_);
  // What was fetched in time still counts.
  if (step_.kind == RunStep::Kind::kRead && fetcher_ != nullptr) {
    if (auto page = fetcher_->Take()) return OnPage(*page);
  }
  if (step_.kind != RunStep::Kind::kFinish && OutOfTime()) {
    return Fail(MakeError(ErrorClass::kTimeout, "the time that a sync may take ran out"), Where());
  }
  switch (step_.kind) {
    case RunStep::Kind::kRead:
      return ReadPage();
    case RunStep::Kind::kCloseSnapshot:
      return CloseSnapshot();
    case RunStep::Kind::kFinish:
      return Finish();
  }
}

std::unique_ptr<StreamReader> Run::OpenReader() {
  opened_stream_ = step_.stream;
  page_of_stream_ = 0;
  // Whoever has a checkpoint has read the stream before.
  expected_ = state_.checkpoints.count(stream().name) > 0 ? Expected::kUnchanged : Expected::kNew;
  auto reader = MakeRestStreamReader(prepared_->parsed->config, step_.stream,
                                     prepared_->credentials, step_.cursor_json);
  if (!reader.ok()) {
    Fail(reader.error(), Where());
    return nullptr;
  }
  paging_stable_ = reader.value()->paging_stable();
  pass_begun_ = pass_resumed_ = reader.value()->resumed();
  return std::move(reader).value();
}

void Run::ReadPage() {
  if (fetcher_ == nullptr) {
    if (!std::exchange(begun_, true)) observer_.OnRunBegin(assignment_.key);
    std::unique_ptr<StreamReader> reader = OpenReader();
    if (reader == nullptr) return;
    fetcher_ = std::make_shared<PageFetcher>(&services_, limiter_, std::move(reader),
                                             [self = shared_from_this()] { self->Advance(); });
  }
  const absl::Duration now = services_.clock->Now();
  paused_ = !trust_.Trusted(now);
  if (paused_ || OutOfTime()) return;  // Renewed or Tick goes on
  fetcher_->Begin(deadline_ - now);
}

void Run::OnPage(const PageFetcher::PageResult& page) {
  if (page.ok()) {
    for (std::string& reason : page.value()->write.reject_reasons) reason.insert(0, Where() + ", ");
    return WritePage(page.value());
  }
  const SyncError& error = page.error();
  if (error.cls != ErrorClass::kRateLimited) return Fail(error, Where());
  RunReport report = ReportOf(RunReport::Kind::kParked);
  report.delay = std::max(error.retry_after.value_or(kUntoldWait), kShortestWait);
  report.detail = Shortened(Where() + ": " + error.message);
  End(std::move(report));
}

void Run::WritePage(const std::shared_ptr<FetchedPage>& page) {
  page->write.stream = stream().name;
  page->write.definition_hash = stream().definition_hash;
  page->write.snapshot = stream().snapshot;
  page->write.begins_pass = page->restarted || !pass_begun_;
  page->write.resumed_pass = pass_resumed_ && !page->restarted;
  page->write.expected = expected_;
  if (expected_ == Expected::kUnchanged && page->write.records.size() <= kFewRecords)
    page->write.expected = Expected::kAnything;
  const bool all_of_pass = page->write.begins_pass && page->write.last;
  page->write.closes_pass = stream().snapshot && all_of_pass && paging_stable_;
  page->write.completes_run = page->write.last && !LeavesPassOpen(page->write) && step_.last_stream;
  std::vector<PageStatement> pages;
  pages.push_back(
      {[self = shared_from_this(), page, lease = observer_.lease()](std::int64_t page_seq) {
         const RunKey& key = self->assignment_.key;
         return self->services_.store->WritePage({key.integration_id, key.fence}, page_seq, lease,
                                                 page->write);
       },
       [this, page](const std::optional<Committed>& counts) { OnPageWritten(*page, counts); }});
  if (LeavesPassOpen(page->write)) pages.push_back(ClosingPage());
  Write(std::move(pages));
}

void Run::OnPageWritten(const FetchedPage& page, const std::optional<Committed>& counts) {
  services_.metrics->CountPage(page.write, counts);
  ++pages_;
  ++page_of_stream_;
  records_ += page.write.fetched;
  pass_begun_ = true;
  if (counts) expected_ = ExpectedAfter(page.write, *counts);
  if (page.restarted) pass_resumed_ = false;
  state_.complete = state_.complete || page.write.completes_run;
  state_.checkpoints[page.write.stream] = {.definition_hash = page.write.definition_hash,
                                           .cursor_json = page.write.cursor_json,
                                           .done = page.write.last,
                                           .unclosed = LeavesPassOpen(page.write)};
  if (!page.write.last) return;
  fetcher_.reset();
  step_ = NextStep(prepared_->parsed->streams, state_);  // which Where tells, should that fail
}

void Run::CloseSnapshot() {
  if (opened_stream_ != step_.stream) {
    // Another claim has read it; a reader knows from the config how it pages.
    if (OpenReader() == nullptr) return;
  }
  Write({ClosingPage()});
}

Run::PageStatement Run::ClosingPage() {
  return {[self = shared_from_this(), name = stream().name, hash = stream().definition_hash,
           stable = paging_stable_, completes = step_.last_stream,
           lease = observer_.lease()](std::int64_t page_seq) {
            const RunKey& key = self->assignment_.key;
            return self->services_.store->CloseSnapshot({key.integration_id, key.fence}, page_seq,
                                                        lease, name, hash, stable, completes);
          },
          [this](const std::optional<Committed>& counts) {
            if (counts) services_.metrics->CountDeleted(counts->deleted);
            state_.complete = state_.complete || step_.last_stream;
            state_.checkpoints[stream().name].unclosed = false;
          }};
}

// A run whose streams were all done before its claim has no page that could complete it. A
// statement of its own would say no more than its report does: what is done, page_seq tells.
void Run::Finish() {
  if (!state_.complete && !assignment_.takes_nothing_left) {
    RunReport report = ReportOf(RunReport::Kind::kRefused);
    report.detail = "nothing is left to write, which its scheduler is too old to be told";
    return End(std::move(report));
  }
  RunReport report = ReportOf(RunReport::Kind::kFinished);
  report.page_seq = state_.page_seq;
  report.nothing_left = !state_.complete;
  End(std::move(report));
}

// What is done after a statement may use `this`: it is called through one that holds the run.
void Run::Write(std::vector<PageStatement> pages) {
  writing_ = true;
  std::vector<FencedWriter::Statement> statements;
  std::vector<WriteDone> done;
  for (PageStatement& page : pages) {
    statements.push_back(std::move(page.statement));
    done.push_back(std::move(page.done));
  }
  writer_->Write(
      state_.page_seq, std::move(statements),
      [self = shared_from_this(), done = std::move(done),
       next = std::size_t{0}](const WriteResult& result) mutable {
        self->writing_ = result.kind == WriteResult::Kind::kDone && next + 1 < done.size();
        switch (result.kind) {
          case WriteResult::Kind::kDone:
            ++self->state_.page_seq;
            self->deadline_ += result.outage;  // not the customer's fault
            self->trust_.Acknowledge(result.sent_at, self->observer_.lease());
            done[next++](result.counts);
            if (self->writing_) return;
            return self->Advance();
          case WriteResult::Kind::kHeld:
            return self->Advance();
          case WriteResult::Kind::kLost:
            self->Close();
            return self->observer_.OnRunLost(self);
          case WriteResult::Kind::kFailed:
            return self->Fail(
                MakeError(ErrorClass::kInternal,
                          "the database refuses the page: " + std::string(result.error.message())),
                self->Where());
        }
      });
}

void Run::Renewed(absl::Duration sent_at, absl::Duration lease) {
  if (ended_) return;
  trust_.Acknowledge(sent_at, lease);
  if (paused_) Advance();
}

void Run::Tick(absl::Duration now) {
  if (ended_) return;
  const bool out_of_time = now >= deadline_;
  if (fetcher_ != nullptr && fetcher_->requesting()) {
    if (out_of_time || !trust_.Trusted(now)) fetcher_->CancelRequest();
  } else if (started_ && out_of_time && (fetcher_ == nullptr || !fetcher_->parsing())) {
    Advance();
  }
  if (!ended_ && returning_ && writer_->waiting()) End(ReportOf(RunReport::Kind::kReturned));
}

void Run::Drop() { Close(); }

void Run::RequestReturn() {
  if (ended_) return;
  returning_ = true;
  writer_->Hold();
  if (!writing_ || writer_->waiting()) End(ReportOf(RunReport::Kind::kReturned));
}

void Run::Fail(const SyncError& error, const std::string& where) {
  RunReport report = ReportOf(RunReport::Kind::kFinished);
  report.page_seq = state_.page_seq;
  report.error_class = std::string(ErrorClassName(error.cls));
  report.error_message = Shortened(where.empty() ? error.message : where + ": " + error.message);
  report.http_status = error.http_status;
  End(std::move(report));
}

RunReport Run::ReportOf(RunReport::Kind kind) const {
  RunReport report;
  report.key = assignment_.key;
  report.kind = kind;
  return report;
}

void Run::End(RunReport report) {
  Close();
  observer_.OnRunEnd(shared_from_this(), std::move(report));
}

void Run::Close() {
  ended_ = true;
  writer_->Stop();
  if (fetcher_ != nullptr) fetcher_->Stop();
}

std::string Run::Where() const {
  if (!prepared_ || step_.stream >= prepared_->parsed->streams.size()) return "";
  if (step_.kind == RunStep::Kind::kCloseSnapshot)
    return fmt::format("stream {}, delete marks", stream().name);
  return fmt::format("stream {}, page {}{}", stream().name, page_of_stream_ + 1,
                     pass_resumed_ ? " since its checkpoint" : "");
}

}  // namespace syncline::executor
