#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include <algorithm>
#include <utility>

#include "common/rpc/server.h"

namespace syncline::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;

// gRPC's own call credentials would do this on TLS channels only.
class TokenBearer final : public grpc::experimental::Interceptor {
 public:
  explicit TokenBearer(auth::BearerToken* token) : token_(*token) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      const crypto::Secret token = token_.Get();
      methods->GetSendInitialMetadata()->emplace("authorization",
                                                 "Bearer " + std::string(token.Reveal()));
    }
    methods->Proceed();
  }

 private:
  auth::BearerToken& token_;
};

class TokenBearers final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit TokenBearers(std::shared_ptr<auth::BearerToken> token) : token_(std::move(token)) {}

  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new TokenBearer(token_.get());  // gRPC deletes it
  }

 private:
  const std::shared_ptr<auth::BearerToken> token_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseTargets(std::string_view targets) {
  std::vector<std::string> parsed;
  while (!targets.empty()) {
    const std::size_t comma = std::min(targets.find(','), targets.size());
    if (comma > 0) parsed.emplace_back(targets.substr(0, comma));
    targets.remove_prefix(std::min(comma + 1, targets.size()));
  }
  if (parsed.empty()) {
    return absl::InvalidArgumentError(
        "SYNC_SCHEDULER_ADDRESS names no scheduler; expected host:port, or several with commas "
        "between them");
  }
  return parsed;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const ChannelOptions& options) {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (options.token != nullptr)
    interceptors.push_back(std::make_unique<TokenBearers>(options.token));
  grpc::ChannelArguments arguments = ClientArguments();
  // The default of 30 s would keep a name's new addresses from those whose old one has gone.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1000);
  if (options.spread) arguments.SetLoadBalancingPolicyName("round_robin");
  if (options.trusted_roots.empty()) {
    return grpc::experimental::CreateCustomChannelWithInterceptors(
        target, grpc::InsecureChannelCredentials(), arguments, std::move(interceptors));
  }
  if (!options.server_name.empty())
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, options.server_name);
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = options.trusted_roots;
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      target, grpc::SslCredentials(tls), arguments, std::move(interceptors));
}

}  // namespace syncline::rpc
