#include "executor/connectors/rest/rest_stream_reader.h"

#include <fmt/format.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "executor/connectors/rest/http_status.h"
#include "executor/connectors/rest/pagination.h"
#include "executor/connectors/rest/pass_cursor.h"
#include "executor/connectors/rest/record_page.h"
#include "executor/connectors/rest/request_builder.h"

namespace syncline::executor {
namespace {

constexpr int kMaxPages = 100'000;
constexpr size_t kExcerptBytes = 60;
// How much of a body is searched for secrets before its beginning is shown.
constexpr size_t kSearchedBytes = size_t{64} * 1024;

SyncError Error(ErrorClass cls, std::string message, int http_status = 0) {
  return {cls, std::move(message), http_status, std::nullopt};
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (const char c : text.substr(0, kExcerptBytes)) {
    printable += absl::ascii_isprint(static_cast<unsigned char>(c)) ? c : ' ';
  }
  return printable;
}

class RestStreamReader : public StreamReader {
 public:
  RestStreamReader(connectors::Stream stream, RequestBuilder builder, PassCursor cursor)
      : stream_(std::move(stream)),
        builder_(std::move(builder)),
        resumed_(cursor.position.has_value()),
        position_(cursor.position.value_or(FirstPage(stream_.pagination))),
        watermark_(std::move(cursor.watermark)) {}

  SyncResult<HttpRequest> NextRequest() const override {
    if (done_) return Error(ErrorClass::kInternal, "the pass is complete, there is no next page");
    return MakeRequest();
  }

  SyncResult<Page> Consume(const HttpResponse& response) override {
    if (done_) return Error(ErrorClass::kInternal, "the pass is complete, there is no next page");
    const HttpRequest request = MakeRequest();
    if (auto error = StatusError(request, response)) {
      if (resumed_ && pages_ == 0 && IsUnknownPosition(response.status)) return Restart();
      return *std::move(error);
    }
    if (pages_ == kMaxPages) {
      return Error(ErrorClass::kData, fmt::format("over {} pages in one run", kMaxPages));
    }
    auto page = ReadPage(request, response);
    if (!page.ok() && page.error().http_status == 0) {
      SyncError error = page.error();
      error.http_status = response.status;
      return error;
    }
    return page;
  }

  bool paging_stable() const override { return IsStable(stream_.pagination.kind); }
  bool resumed() const override { return resumed_; }

 private:
  HttpRequest MakeRequest() const {
    QueryParameters parameters;
    if (stream_.incremental) {
      if (auto since = watermark_.Since(stream_.incremental->lag)) {
        parameters.emplace_back(stream_.incremental->param, *std::move(since));
      }
    }
    return PageRequest(stream_.pagination, position_, parameters, builder_);
  }

  // The API has forgotten the position of the checkpoint, as cursors expire: the pass begins anew,
  // once in a run.
  Page Restart() {
    resumed_ = false;
    position_ = FirstPage(stream_.pagination);
    Page page;
    page.restarted = true;
    page.cursor_json = PassCursor{std::nullopt, watermark_}.ToJson();
    return page;
  }

  SyncResult<Page> ReadPage(const HttpRequest& request, const HttpResponse& response) {
    std::optional<JsonDocument> body;
    Watermark watermark = watermark_;
    Page page;
    if (response.status != 204 && response.status != 205) {
      auto parsed = JsonDocument::Parse(response.body);
      if (!parsed.ok()) return Unreadable(response, parsed.status());
      body = *std::move(parsed);
      auto read = ReadRecords(*body, stream_, Observer(*body, response, watermark));
      if (!read.ok()) return read.error();
      page = std::move(*read);
    }
    if (stream_.incremental && stream_.incremental->lag > absl::ZeroDuration() &&
        watermark.order == ValueOrder::kText) {
      return Error(
          ErrorClass::kData,
          fmt::format("{} holds values that are neither times nor numbers, so that the lag "
                      "cannot be taken off them; set lag to 0s or name another field",
                      stream_.incremental->field.text()));
    }
    const PageFacts facts{request, response, body ? &*body : nullptr, page.fetched};
    auto next = NextPage(stream_.pagination, position_, facts, builder_);
    if (!next.ok()) return next.error();
    const std::string contents = Contents(page);
    if (auto error = Repetition(*next, contents)) return *std::move(error);
    Commit(std::move(*next), contents, std::move(watermark), page);
    return page;
  }

  RecordObserver Observer(const JsonDocument& body, const HttpResponse& response,
                          Watermark& watermark) const {
    if (!stream_.incremental) return [](JsonIndex) {};
    return [&body, &watermark, now = ResponseDate(response),
            &field = stream_.incremental->field](JsonIndex record) {
      const auto found = body.Find(field, record);
      if (!found) return;
      const JsonNode& node = body[*found];
      if ((node.kind == JsonKind::kString || node.kind == JsonKind::kNumber) && node.size > 0 &&
          node.size <= kMaxMarkBytes && node.defect == JsonDefect::kNone) {
        watermark.Observe(node.text(), now);
      }
    };
  }

  // What must differ between two numbered pages: an API that does not know the parameter sends the
  // first for ever.
  std::string Contents(const Page& page) const {
    std::string contents;
    if (IsStable(stream_.pagination.kind)) return contents;
    for (const Record& record : page.records) {
      contents.append(reinterpret_cast<const char*>(record.hash.data()), record.hash.size());
    }
    return contents;
  }

  std::optional<SyncError> Repetition(const std::optional<PagePosition>& next,
                                      const std::string& contents) const {
    if (!contents.empty() && contents == last_contents_) {
      return Error(
          ErrorClass::kData,
          fmt::format("page {} repeats the one before; does the API know the parameter {}?",
                      position_.number, stream_.pagination.param));
    }
    if (next && !next->token.empty() && seen_.Contains(next->token)) {
      return Error(ErrorClass::kData,
                   "the cursor does not change: it leads back to an earlier page");
    }
    return std::nullopt;
  }

  void Commit(std::optional<PagePosition> next, std::string contents, Watermark watermark,
              Page& page) {
    ++pages_;
    watermark_ = std::move(watermark);
    if (!position_.token.empty()) seen_.Add(position_.token);
    last_contents_ = std::move(contents);
    page.last = !next.has_value();
    if (page.last) {
      done_ = true;
      watermark_.Advance();
    } else {
      position_ = *next;
    }
    page.cursor_json = PassCursor{std::move(next), watermark_}.ToJson();
  }

  SyncError Unreadable(const HttpResponse& response, const absl::Status& why) const {
    std::string message = "the body " + std::string(why.message());
    const std::string* type = response.Header("content-type");
    if (type != nullptr && !builder_.HoldsSecret(*type)) {
      message += fmt::format(" (content type {})", Printable(*type));
    }
    const std::string start(
        absl::StripLeadingAsciiWhitespace(response.body).substr(0, kExcerptBytes));
    const bool like_json = !start.empty() && (start.front() == '{' || start.front() == '[');
    if (!start.empty() && !like_json &&
        !builder_.HoldsSecret(std::string_view(response.body).substr(0, kSearchedBytes))) {
      message += fmt::format("; it begins: {}", Printable(start));
    }
    return Error(ErrorClass::kData, std::move(message), response.status);
  }

  static constexpr size_t kMaxMarkBytes = 200;

  const connectors::Stream stream_;
  const RequestBuilder builder_;
  bool resumed_;
  PagePosition position_;
  Watermark watermark_;
  SeenBefore seen_;
  std::string last_contents_;  // hashes of the numbered page before
  int pages_ = 0;
  bool done_ = false;
};

}  // namespace

SyncResult<std::unique_ptr<StreamReader>> MakeRestStreamReader(const connectors::RestConfig& config,
                                                               size_t stream_index,
                                                               const Credentials& credentials,
                                                               std::string_view cursor_json) {
  auto cursor = PassCursor::FromJson(cursor_json);
  if (!cursor) return Error(ErrorClass::kInternal, "the stream's checkpoint cannot be read");
  const connectors::Stream& stream = config.streams.at(stream_index);
  auto builder = RequestBuilder::Make(config, stream, credentials);
  if (!builder.ok()) return builder.error();
  return std::unique_ptr<StreamReader>(
      new RestStreamReader(stream, std::move(*builder), *std::move(cursor)));
}

}  // namespace syncline::executor
