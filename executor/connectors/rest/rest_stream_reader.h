// The REST connector: JSON over HTTP GET, as rest_config.schema.json describes it.
#pragma once

#include <memory>
#include <string_view>

#include "common/connectors/config.h"
#include "executor/connectors/connector.h"

namespace syncline::executor {

// A reader of streams[stream_index] that goes on from a checkpoint (pass_cursor.h; empty: a first
// pass). The config and the credentials are copied. CONFIG and AUTH when requests cannot be made of
// them, INTERNAL when the checkpoint cannot be read.
//
// What it guards against: more than 100,000 pages in a run, a position seen within the last 1,000
// pages, a numbered page that repeats the one before, links to another origin; all that
// connector.h's parts refuse.
SyncResult<std::unique_ptr<StreamReader>> MakeRestStreamReader(const connectors::RestConfig& config,
                                                               size_t stream_index,
                                                               const Credentials& credentials,
                                                               std::string_view cursor_json);

}  // namespace syncline::executor
