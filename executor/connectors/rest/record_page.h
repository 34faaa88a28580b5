// Makes records of the answer to one request: finds them, checks them, names them by key and hashes
// them.
#pragma once

#include <functional>
#include <string_view>

#include "common/connectors/config.h"
#include "executor/connectors/connector.h"
#include "executor/connectors/json_document.h"

namespace syncline::executor {

// Called with each record that is kept (duplicates too), by its place in the document.
using RecordObserver = std::function<void(JsonIndex record)>;

// Fills records, fetched, duplicates, rejected and reject_reasons. DATA when stream.records names
// no array. A record is rejected when it is no object, holds what PostgreSQL cannot store, or has
// no usable key: each key place must name a string, number or boolean; 1 to 1,000 bytes in all. One
// place gives its plain text; several give the JSON array of their texts.
SyncResult<Page> ReadRecords(const JsonDocument& body, const connectors::Stream& stream,
                             const RecordObserver& observe);

}  // namespace syncline::executor
