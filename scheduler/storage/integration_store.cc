#include "scheduler/storage/integration_store.h"

#include <algorithm>

#include "absl/strings/str_replace.h"
#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/postgres/array.h"
#include "scheduler/storage/credential_rows.h"
#include "scheduler/storage/integration_row.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

using postgres::Connection;
using postgres::Params;
using postgres::Result;
using postgres::Row;

constexpr char kBeforeAllIds[] = "00000000-0000-0000-0000-000000000000";
constexpr char kUniqueViolation[] = "23505";

// An ILIKE pattern that finds `text` anywhere, with nothing of it read as a wildcard.
std::string ContainsPattern(const std::string& text) {
  return "%" + absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}}) + "%";
}

void AddFilter(const IntegrationQuery& query, Params& params) {
  params.AddNonEmpty(query.search.empty() ? std::string() : ContainsPattern(query.search));
  if (query.statuses.empty()) {
    params.AddNull();
  } else {
    params.Add(postgres::TextArray(query.statuses));
  }
}

Params InsertParams(const NewIntegration& integration) {
  Params params;
  params.Add(integration.tenant_id)
      .AddNonEmpty(integration.external_id)
      .Add(integration.name)
      .Add(integration.type)
      .Add(integration.config_json);
  if (integration.settings.interval) {
    params.Add(absl::ToInt64Seconds(*integration.settings.interval));
  } else {
    params.AddNull();
  }
  params.Add(integration.settings.enabled)
      .Add(integration.settings.max_retries)
      .Add(absl::ToInt64Seconds(integration.settings.timeout))
      .AddNonEmpty(integration.request_id);
  if (integration.request_id.empty() || integration.request_hashes.empty()) {
    params.AddNull();
  } else {
    params.Add(integration.request_hashes.front());
  }
  return params;
}

}  // namespace

absl::StatusOr<Integration> IntegrationStore::Create(const NewIntegration& integration) {
  Integration made;
  const absl::Status status = pool_.InTransaction([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const Result inserted,
                     connection.Run(queries::kInsertIntegration, InsertParams(integration)));
    const std::string id = inserted[0].String("id");
    if (integration.seal != nullptr)
      RETURN_IF_ERROR(ReplaceCredentials(connection, id, integration.seal));
    ASSIGN_OR_RETURN(made, ReadIntegration(connection, integration.tenant_id, id));
    return absl::OkStatus();
  });
  if (SqlStateOf(status) == kUniqueViolation) return ReadRepetition(integration, status);
  if (!status.ok()) return status;
  return made;
}

// A unique index refused the row: the request id came before, or the external id is taken. Which
// one is seen by looking, because the server's message may be in any language.
absl::StatusOr<Integration> IntegrationStore::ReadRepetition(const NewIntegration& integration,
                                                             const absl::Status& clash) {
  Integration before;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(
        const Result found,
        connection.Run(queries::kReadCreateRequest,
                       Params().Add(integration.tenant_id).Add(integration.request_id)));
    if (found.empty()) {
      if (integration.external_id.empty())
        return clash;  // deleted since: the caller may simply try again
      return ExternalIdTaken(integration.external_id);
    }
    const auto& hashes = integration.request_hashes;
    if (std::find(hashes.begin(), hashes.end(), found[0].String("hash")) == hashes.end()) {
      return ReasonError(
          absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
          "request_id '" + integration.request_id + "' was used before with another integration",
          {{"request_id", integration.request_id}});
    }
    ASSIGN_OR_RETURN(before,
                     ReadIntegration(connection, integration.tenant_id, found[0].String("id")));
    return absl::OkStatus();
  }));
  return before;
}

absl::StatusOr<Integration> IntegrationStore::Get(const IntegrationRef& ref) {
  Integration integration;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id, ResolveIntegration(connection, ref));
    ASSIGN_OR_RETURN(integration, ReadIntegration(connection, ref.tenant_id, id));
    return absl::OkStatus();
  }));
  return integration;
}

absl::StatusOr<IntegrationConnection> IntegrationStore::GetConnection(const IntegrationRef& ref) {
  IntegrationConnection read;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id, ResolveIntegration(connection, ref));
    ASSIGN_OR_RETURN(const Result rows,
                     connection.Run(queries::kReadConnection, Params().Add(ref.tenant_id).Add(id)));
    if (rows.empty()) return NoSuchIntegration(ref.id);
    read = {id, rows[0].String("type"), rows[0].String("config"), {}};
    for (const Row row : rows) {
      if (!row.IsNull("name")) read.sealed_credentials[row.String("name")] = row.Bytes("sealed");
    }
    return absl::OkStatus();
  }));
  return read;
}

absl::StatusOr<IntegrationPage> IntegrationStore::List(const IntegrationQuery& query) {
  Params params;
  params.Add(query.tenant_id).Add(query.after_id.empty() ? std::string() : query.after_name);
  params.Add(query.after_id.empty() ? std::string(kBeforeAllIds) : query.after_id);
  AddFilter(query, params);
  params.Add(query.limit + 1);  // one more, to know whether there are more
  IntegrationPage page;
  RETURN_IF_ERROR(pool_.With([&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const Result found, connection.Run(queries::kListIntegrationIds, params));
    page.more = found.size() > query.limit;
    std::vector<std::string> ids;
    for (const Row row : found) {
      if (static_cast<int>(ids.size()) == query.limit) break;
      ids.push_back(row.String("id"));
      page.last_id = ids.back();
      page.last_name = row.String("name");
    }
    ASSIGN_OR_RETURN(const Result rows,
                     connection.Run(queries::kReadIntegrations,
                                    Params().Add(query.tenant_id).Add(postgres::TextArray(ids))));
    for (const Row row : rows) page.integrations.push_back(ToIntegration(row));
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<ListTotal> IntegrationStore::Count(const IntegrationQuery& query) {
  Params params;
  params.Add(query.tenant_id);
  AddFilter(query, params);
  params.Add(kMostCounted + 1);
  ASSIGN_OR_RETURN(const Result rows, pool_.Run(queries::kCountIntegrations, params));
  return ListTotal::Of(rows[0].Int("total"));
}

absl::StatusOr<std::vector<Integration>> IntegrationStore::Read(
    const std::string& tenant_id, const std::vector<std::string>& ids) {
  ASSIGN_OR_RETURN(
      const Result rows,
      pool_.Run(queries::kReadIntegrations, Params().Add(tenant_id).Add(postgres::TextArray(ids))));
  std::vector<Integration> integrations;
  for (const Row row : rows) integrations.push_back(ToIntegration(row));
  return integrations;
}

}  // namespace syncline::scheduler
