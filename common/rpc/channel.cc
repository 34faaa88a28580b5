#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include <utility>
#include <vector>

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

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           std::shared_ptr<auth::BearerToken> token) {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (token != nullptr) interceptors.push_back(std::make_unique<TokenBearers>(std::move(token)));
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      target, grpc::InsecureChannelCredentials(), ClientArguments(), std::move(interceptors));
}

}  // namespace syncline::rpc
