// Page tokens: where a list goes on. Opaque text that is good for the same list only (same method,
// same fields but those that choose the part of it that is shown) and that only a scheduler with
// our keys can make, so that nobody steers a statement with one.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/rpc/keyed_hash.h"

namespace syncline::scheduler {

// Immutable; any thread. Requests have the field `page_token`.
class PageTokens {
 public:
  // `keys` is the value of SYNC_ENCRYPTION_KEYS: tokens work on every scheduler that has it.
  explicit PageTokens(std::string_view keys) : hash_(keys, "page token") {}

  // The token of the page behind `position`, which is what the list's order needs: valid UTF-8.
  std::string Make(const google::protobuf::Message& request,
                   const std::vector<std::string>& position) const;

  // The position in the request's token; empty when it has none; nullopt when its token is not one
  // of this list.
  std::optional<std::vector<std::string>> Read(const google::protobuf::Message& request) const;

 private:
  KeyedHash hash_;
};

}  // namespace syncline::scheduler
