// How the next page is found: one decision a kind, from the position of this page and its answer.
// Pure.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "common/connectors/config.h"
#include "executor/connectors/json_document.h"
#include "executor/connectors/rest/request_builder.h"

namespace syncline::executor {

// Where a pass stands: the page to ask for next.
struct PagePosition {
  int64_t number = 0;  // page: its number; offset: records to skip
  std::string token;   // cursor: the cursor; link_header, next_url: the URL; empty: the first page

  friend bool operator==(const PagePosition&, const PagePosition&) = default;
};

// What a page's answer says about the next one.
struct PageFacts {
  const HttpRequest& request;
  const HttpResponse& response;
  const JsonDocument* body;  // null: the answer had none (204)
  int64_t fetched;
};

PagePosition FirstPage(const connectors::Pagination& pagination);

// The request for a position: `incremental` is the stream's incremental parameter, which goes with
// every page that is asked for by parameters; an address that the API named has what it needs.
HttpRequest PageRequest(const connectors::Pagination& pagination, const PagePosition& position,
                        const QueryParameters& incremental, const RequestBuilder& builder);

// The next position; a position equal to `position` never comes back (DATA "does not change").
// value() is nullopt when this page was the last one.
SyncResult<std::optional<PagePosition>> NextPage(const connectors::Pagination& pagination,
                                                 const PagePosition& position,
                                                 const PageFacts& facts,
                                                 const RequestBuilder& builder);

// Whether records keep their place while the list changes.
bool IsStable(connectors::PaginationKind kind);

// Remembers the last 1,000 positions, or contents of pages, by hash. One owner.
class SeenBefore {
 public:
  bool Contains(std::string_view text) const;
  void Add(std::string_view text);

 private:
  absl::flat_hash_set<size_t> hashes_;
  std::deque<size_t> order_;
};

}  // namespace syncline::executor
