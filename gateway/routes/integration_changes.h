// Changes of integrations that take more than one call: what REST replaces or merges as a whole, a
// scheduler changes by fields and under a version.
#pragma once

#include <string>

#include "gateway/routes/route.h"
#include "gateway/rpc/backend.h"

namespace syncline::gateway {

// PUT /api/integrations/:id. `backend` outlives the calls.
HttpResponse ReplaceIntegration(Backend& backend, const RouteCall& call);
// PUT /api/integrations/by-external-id/:externalId
HttpResponse PutByExternalId(Backend& backend, const RouteCall& call);
// PATCH /api/integrations/:id
HttpResponse PatchIntegration(Backend& backend, const RouteCall& call);
// PATCH /api/integrations/:id/sync-settings
HttpResponse PatchSyncSettings(Backend& backend, const RouteCall& call);

// The integration as an answer, with its ETag.
HttpResponse IntegrationResponse(int status, const v1::Integration& integration);
// The same for one that was created, with its Location.
HttpResponse CreatedResponse(const v1::Integration& integration);

}  // namespace syncline::gateway
