// What a REST stream's checkpoint holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "executor/connectors/rest/pagination.h"
#include "executor/connectors/rest/watermark.h"

namespace syncline::executor {

// Its JSON form has only what is set:
//   {}                                        a snapshot stream between passes, or nothing yet
//   {"position":{"number":3}}                 page, offset: the page to ask for next, in the middle
//   of a pass
//   {"position":{"token":"…"}}                cursor, link_header, next_url: the same
//   "order":"time","mark":"…","high":"…"      incremental: see Watermark; `high` only while it is
//   ahead of `mark`
struct PassCursor {
  std::optional<PagePosition> position;  // unset: at the start of a pass
  Watermark watermark;

  std::string ToJson() const;
  // Empty text and "{}" are a first pass. nullopt for what ToJson never wrote.
  static std::optional<PassCursor> FromJson(std::string_view text);
};

}  // namespace syncline::executor
