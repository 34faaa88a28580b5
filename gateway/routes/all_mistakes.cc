#include "gateway/routes/all_mistakes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/errors.h"
#include "gateway/routes/problem.h"

namespace syncline::gateway {
namespace {

constexpr char kNoKey[] = "\n";     // no request id
constexpr char kNoPath[] = "none";  // no path of an update mask
constexpr char kNoTenant[] = "\n";  // no tenant

// Whether `known` speaks of the same place or of what is around it: the scheduler was not given
// what stands there.
bool Covers(const Mistake& known, const Mistake& told) {
  if (known.place != told.place) return false;
  if (known.where == told.where) return true;
  return known.place == Mistake::Place::kBody && told.where.starts_with(known.where + "/");
}

HttpResponse Refuse(const absl::Status& status, std::string_view own_field, Mistakes mistakes,
                    const FieldPlaces& places) {
  const Mistakes known = mistakes;
  for (const FieldViolation& field : FieldsOf(status)) {
    if (field.field == own_field) continue;
    Mistake told = PlaceMistake(field.field, field.description, places);
    const bool covered = std::any_of(known.begin(), known.end(),
                                     [&](const Mistake& mistake) { return Covers(mistake, told); });
    if (!covered) mistakes.push_back(std::move(told));
  }
  return MakeProblem(mistakes);
}

}  // namespace

HttpResponse RefuseCreation(Backend& backend, v1::CreateIntegrationRequest request,
                            Mistakes mistakes, const FieldPlaces& places) {
  request.set_request_id(kNoKey);
  return Refuse(backend.Create(request).status(), "request_id", std::move(mistakes), places);
}

HttpResponse RefuseUpdate(Backend& backend, v1::UpdateIntegrationRequest request,
                          Mistakes mistakes) {
  request.mutable_update_mask()->add_paths(kNoPath);
  request.mutable_integration()->set_version(0);
  return Refuse(backend.Update(request).status(), "update_mask", std::move(mistakes), {});
}

HttpResponse RefuseCheck(Backend& backend, v1::CheckIntegrationRequest request, Mistakes mistakes,
                         const FieldPlaces& places) {
  request.set_tenant_id(kNoTenant);
  return Refuse(backend.Check(request).status(), "tenant_id", std::move(mistakes), places);
}

}  // namespace syncline::gateway
