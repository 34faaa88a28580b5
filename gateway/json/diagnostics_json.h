// What operators ask, in REST.
#pragma once

#include "gateway/json/json_text.h"
#include "syncline/v1/diagnostics_service.pb.h"
#include "syncline/v1/integration_service.pb.h"

namespace syncline::gateway {

Json ToJson(const v1::Executor& executor);
Json ToJson(const v1::QueueStats& stats);
Json ToJson(const v1::CheckIntegrationResponse& check);

}  // namespace syncline::gateway
