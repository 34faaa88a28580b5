#include "executor/connectors/rest/pagination.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "executor/connectors/rest/link_header.h"

namespace syncline::executor {
namespace {

using connectors::Pagination;
using connectors::PaginationKind;
using Next = SyncResult<std::optional<PagePosition>>;

constexpr size_t kRemembered = 1000;
constexpr size_t kMaxTokenBytes = 8192;
constexpr int64_t kMaxCount = 1'000'000'000'000;

SyncError DataError(std::string message) {
  return {ErrorClass::kData, std::move(message), 0, std::nullopt};
}

// A count that the body names; nullopt when it names none that can be read.
std::optional<int64_t> Count(const std::optional<connectors::JsonPointer>& place,
                             const JsonDocument* body) {
  if (!place || body == nullptr) return std::nullopt;
  const auto found = body->Find(*place);
  if (!found) return std::nullopt;
  const std::string_view text = (*body)[*found].text();
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (count < 0 || count > kMaxCount) return std::nullopt;
  return count;
}

// The text of a string or number at a place; empty when it is missing, null or false: there is no
// next page.
SyncResult<std::string> Token(const connectors::JsonPointer& place, const JsonDocument* body) {
  const auto found = body == nullptr ? std::nullopt : body->Find(place);
  if (!found) return std::string();
  const JsonNode& node = (*body)[*found];
  if (node.kind == JsonKind::kNull || node.text() == "false") return std::string();
  if (node.kind != JsonKind::kString && node.kind != JsonKind::kNumber) {
    return DataError(fmt::format("{} in the body must be a string, a number or null",
                                 place.text().empty() ? "the root" : place.text()));
  }
  if (node.defect != JsonDefect::kNone || node.size > kMaxTokenBytes) {
    return DataError(
        fmt::format("{} in the body holds no text that can be sent back", place.text()));
  }
  return std::string(node.text());
}

// Pages by number and by offset end where the body says, else at a page that is not full. An empty
// page before the end that the body names is a glitch: taking it for the end would lose records and
// mark them deleted.
Next NextByCount(const Pagination& pagination, const PagePosition& position,
                 const PageFacts& facts) {
  const bool by_page = pagination.kind == PaginationKind::kPage;
  const auto total = Count(by_page ? pagination.total_pages : pagination.total, facts.body);
  const PagePosition next{position.number + (by_page ? 1 : facts.fetched), ""};
  if (total) {
    const int64_t end = by_page ? pagination.start + *total : *total;
    if (next.number >= end) return std::optional<PagePosition>();
    if (facts.fetched > 0) return std::optional(next);
    return DataError(fmt::format("page {} is empty, but {} says that more follow", position.number,
                                 (by_page ? pagination.total_pages : pagination.total)->text()));
  }
  const bool full = facts.fetched > 0 && facts.fetched >= pagination.size.value_or(1);
  return full ? std::optional(next) : std::nullopt;
}

Next NextByCursor(const Pagination& pagination, const PageFacts& facts) {
  if (pagination.cursor) {
    auto token = Token(*pagination.cursor, facts.body);
    if (!token.ok()) return token.error();
    return token->empty() ? std::nullopt : std::optional(PagePosition{0, std::move(*token)});
  }
  for (const auto& [name, value] : facts.response.headers) {
    if (!absl::EqualsIgnoreCase(name, pagination.cursor_header) || value.empty()) continue;
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) {
      return absl::ascii_isprint(static_cast<unsigned char>(c));
    });
    if (value.size() > kMaxTokenBytes || !printable) {
      return DataError(fmt::format("the header {} holds no text that can be sent back", name));
    }
    return std::optional(PagePosition{0, value});
  }
  return std::optional<PagePosition>();
}

Next NextByUrl(const Pagination& pagination, const PageFacts& facts,
               const RequestBuilder& builder) {
  std::string target;
  if (pagination.kind == PaginationKind::kLinkHeader) {
    target = NextLink(facts.response).value_or("");
  } else {
    auto token = Token(*pagination.next, facts.body);
    if (!token.ok()) return token.error();
    target = std::move(*token);
  }
  if (target.empty()) return std::optional<PagePosition>();
  auto url = builder.NextUrl(facts.request, target);
  if (!url.ok()) return url.error();
  return std::optional(PagePosition{0, std::move(*url)});
}

Next NextOfKind(const Pagination& pagination, const PagePosition& position, const PageFacts& facts,
                const RequestBuilder& builder) {
  switch (pagination.kind) {
    case PaginationKind::kNone:
      break;
    case PaginationKind::kPage:
    case PaginationKind::kOffset:
      return NextByCount(pagination, position, facts);
    case PaginationKind::kCursor:
      return NextByCursor(pagination, facts);
    case PaginationKind::kLinkHeader:
    case PaginationKind::kNextUrl:
      return NextByUrl(pagination, facts, builder);
  }
  return std::optional<PagePosition>();
}

}  // namespace

PagePosition FirstPage(const Pagination& pagination) {
  return {pagination.kind == PaginationKind::kPage ? pagination.start : 0, ""};
}

HttpRequest PageRequest(const Pagination& pagination, const PagePosition& position,
                        const QueryParameters& incremental, const RequestBuilder& builder) {
  QueryParameters parameters = incremental;
  switch (pagination.kind) {
    case PaginationKind::kNone:
      break;
    case PaginationKind::kPage:
    case PaginationKind::kOffset:
      parameters.emplace_back(pagination.param, fmt::format("{}", position.number));
      if (!pagination.size_param.empty()) {
        parameters.emplace_back(pagination.size_param, fmt::format("{}", *pagination.size));
      }
      break;
    case PaginationKind::kCursor:
      if (!position.token.empty()) parameters.emplace_back(pagination.param, position.token);
      break;
    case PaginationKind::kLinkHeader:
    case PaginationKind::kNextUrl:
      if (!position.token.empty()) return builder.ForUrl(position.token);
      break;
  }
  return builder.ForParameters(parameters);
}

SyncResult<std::optional<PagePosition>> NextPage(const Pagination& pagination,
                                                 const PagePosition& position,
                                                 const PageFacts& facts,
                                                 const RequestBuilder& builder) {
  Next next = NextOfKind(pagination, position, facts, builder);
  if (next.ok() && next.value() == position) {
    return DataError("the cursor does not change: the next page is this one again");
  }
  return next;
}

bool IsStable(PaginationKind kind) {
  return kind != PaginationKind::kPage && kind != PaginationKind::kOffset;
}

bool SeenBefore::Contains(std::string_view text) const {
  return hashes_.contains(absl::HashOf(text));
}

void SeenBefore::Add(std::string_view text) {
  const size_t hash = absl::HashOf(text);
  if (!hashes_.insert(hash).second) return;
  order_.push_back(hash);
  if (order_.size() <= kRemembered) return;
  hashes_.erase(order_.front());
  order_.pop_front();
}

}  // namespace syncline::executor
