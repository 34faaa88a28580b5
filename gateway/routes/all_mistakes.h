// All that is wrong with an integration at once: what the gateway cannot read, and what the
// scheduler would say of the rest. Once the gateway has found a mistake, it asks the scheduler with
// a request that has a mistake of the gateway's own making, so that it cannot take effect.
#pragma once

#include "gateway/http/message.h"
#include "gateway/json/mistakes.h"
#include "gateway/rpc/backend.h"

namespace syncline::gateway {

// The refusal for `mistakes`, which is not empty. The request is what could be read.
HttpResponse RefuseCreation(Backend& backend, v1::CreateIntegrationRequest request,
                            Mistakes mistakes, const FieldPlaces& places = {});
HttpResponse RefuseUpdate(Backend& backend, v1::UpdateIntegrationRequest request,
                          Mistakes mistakes);
HttpResponse RefuseCheck(Backend& backend, v1::CheckIntegrationRequest request, Mistakes mistakes,
                         const FieldPlaces& places);

}  // namespace syncline::gateway
