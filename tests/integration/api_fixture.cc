#include "tests/integration/api_fixture.h"

#include <algorithm>
#include <cstdlib>

namespace syncline {
namespace {

// 32 bytes in base64, twice: the old key stays behind the new one.
constexpr char kKeys[] =
    "k2:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=,k1:"
    "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=";

std::unique_ptr<rpc::Server> StartOrDie(const std::vector<grpc::Service*>& services) {
  auto server = rpc::Server::Start({.address = "127.0.0.1:0"}, services);
  if (!server.ok()) std::abort();
  return std::move(server).value();
}

}  // namespace

postgres::ConnectionOptions ApiFixture::Database(const std::string& url) {
  postgres::ConnectionOptions options;
  options.url = url;
  return options;
}

ApiFixture::ApiFixture()
    : url_(testing::TestCluster::Get().NewDatabase()),
      db_(testing::OpenOrDie(url_)),
      pool_(Database(url_), 12),
      cipher_(crypto::CredentialCipher::Create(kKeys).value()),
      workers_(12, 1000),
      directory_(&pool_),
      journal_(&pool_, nullptr, &triggers_),
      fleet_(&pool_),
      changes_(&pool_),
      watches_(&changes_, absl::Milliseconds(50)),
      integration_service_({.workers = &workers_,
                            .directory = &directory_,
                            .cipher = &cipher_,
                            .checks = &checks_,
                            .encryption_keys = kKeys,
                            .wake = [this] { ++wakes_; },
                            .check_limit = kCheckLimit}),
      sync_service_({.workers = &workers_,
                     .journal = &journal_,
                     .directory = &directory_,
                     .hub = &watches_,
                     .encryption_keys = kKeys,
                     .wake = [this] { ++wakes_; }}),
      diagnostics_service_(&workers_, &fleet_, &directory_, absl::Seconds(30)),
      server_(StartOrDie({&integration_service_, &sync_service_, &diagnostics_service_})) {
  const auto channel =
      grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->port()),
                                grpc::InsecureChannelCredentials(), rpc::ClientArguments());
  integrations_ = v1::IntegrationService::NewStub(channel);
  syncs_ = v1::SyncService::NewStub(channel);
  diagnostics_ = v1::DiagnosticsService::NewStub(channel);
}

void ExpectBadFields(const std::string& row, const absl::Status& status,
                     const std::vector<BadField>& bad) {
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS") << row << ": " << status;
  const std::vector<FieldViolation> fields = FieldsOf(status);
  EXPECT_EQ(fields.size(), bad.size()) << row << ": " << status;
  for (const BadField& expected : bad) {
    const bool found = std::any_of(fields.begin(), fields.end(), [&](const FieldViolation& field) {
      return field.field == expected.field &&
             field.description.find(expected.text) != std::string::npos;
    });
    EXPECT_TRUE(found) << row << " lacks " << expected.field << ": " << expected.text << " in "
                       << status;
  }
}

google::protobuf::Struct Json(const std::string& text) {
  google::protobuf::Struct value;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &value).ok()) << text;
  return value;
}

v1::CreateIntegrationRequest ApiFixture::GoodCreate(const std::string& name) {
  v1::CreateIntegrationRequest request;
  v1::Integration& integration = *request.mutable_integration();
  integration.set_name(name);
  integration.set_type(v1::REST);
  *integration.mutable_config() = Json(R"({"baseUrl": "https://api.example.com/v1",
    "auth": {"kind": "bearer", "credential": "token"},
    "streams": [{"name": "invoices", "path": "/invoices", "records": "/data", "key": ["/id"],
                 "pagination": {"kind": "page", "param": "page", "sizeParam": "n", "size": 500}}]})");
  (*integration.mutable_credentials())["token"] = kCanary;
  return request;
}

v1::Integration ApiFixture::MustCreate(const std::string& name) {
  v1::Integration made;
  const absl::Status status = Create(GoodCreate(name), &made);
  EXPECT_TRUE(status.ok()) << status;
  return made;
}

absl::StatusOr<v1::Integration> ApiFixture::Get(const std::string& id, const std::string& tenant) {
  v1::GetIntegrationRequest request;
  request.set_integration_id(id);
  request.set_tenant_id(tenant);
  v1::Integration integration;
  const absl::Status status =
      Call(integrations_, &v1::IntegrationService::Stub::GetIntegration, request, &integration);
  if (!status.ok()) return status;
  return integration;
}

}  // namespace syncline
