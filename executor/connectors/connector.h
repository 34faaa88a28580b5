// The seam that every connector implements: pure logic that says what to ask next and makes records
// of the answer. No sockets, no database, no clock: the caller sends the requests, writes the pages
// and keeps the checkpoint. So a run can stop anywhere and go on elsewhere, and connectors are
// tested without a network.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "executor/core/http_message.h"
#include "executor/core/sync_error.h"

namespace syncline::executor {

using RecordHash = std::array<uint8_t, 16>;

struct Record {
  std::string key;    // 1 to 1,000 bytes, UTF-8 without NUL
  RecordHash hash{};  // SHA-256 of `data`, cut to 128 bits
  std::string data;   // canonical JSON object that PostgreSQL's jsonb takes
};

struct Page {
  std::vector<Record> records;  // unique by key; of two with one key the last stays
  // fetched = records.size() + duplicates + rejected, always.
  int64_t fetched = 0;
  int64_t duplicates = 0;
  int64_t rejected = 0;
  // The first five, with the record's place in the page: at most 200 bytes each, no contents but
  // the key.
  std::vector<std::string> reject_reasons;
  // The keys of those of the rejected that have a usable one: the remote still has them.
  std::vector<std::string> rejected_keys;
  // What must be committed with this page: a JSON object from which a new reader goes on after it.
  // When `last`, the next reader begins a new pass.
  std::string cursor_json;
  // The pass is complete.
  bool last = false;
  // The position that this pass was resumed at is no longer known to the API, so it begins anew
  // (records is empty, cursor_json is its start). What was noted about the pass so far, such as a
  // snapshot's seen keys, is void.
  bool restarted = false;
};

// Credentials by name, as the config names them.
using Credentials = std::map<std::string, std::string>;

// Reads one pass over one stream: NextRequest, send, Consume, write the page; until a page is
// `last`. Thread rule: one call at a time, any thread. Same input, same output.
class StreamReader {
 public:
  virtual ~StreamReader() = default;

  // What to send now. Changes nothing: the same again until Consume succeeds, so that a failed
  // transfer can be repeated. kInternal after the last page.
  virtual SyncResult<HttpRequest> NextRequest() const = 0;

  // Makes a page of the answer to NextRequest, whatever its status. On error nothing has changed.
  virtual SyncResult<Page> Consume(const HttpResponse& response) = 0;

  // Whether records keep their place while the list changes under the pass, so that one complete
  // pass proves which are gone (protocol.md, "A page").
  virtual bool paging_stable() const = 0;

  // Whether this pass began at a position of a checkpoint and not at its start.
  virtual bool resumed() const = 0;
};

}  // namespace syncline::executor
