#include "scheduler/rpc/page_token.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"

namespace syncline::scheduler {
namespace {

constexpr std::size_t kHashBytes = 16;

// What a token is bound to: the list that the request asks for.
std::string ListOf(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> bare(request.New());
  bare->CopyFrom(request);
  for (const char* name : {"page_token", "page_size", "skip", "count_total"}) {
    const auto* field = bare->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) bare->GetReflection()->ClearField(bare.get(), field);
  }
  return bare->GetTypeName() + '\n' + bare->SerializeAsString();
}

std::string TokenOf(const google::protobuf::Message& request) {
  return request.GetReflection()->GetString(request,
                                            request.GetDescriptor()->FindFieldByName("page_token"));
}

}  // namespace

std::string PageTokens::Make(const google::protobuf::Message& request,
                             const std::vector<std::string>& position) const {
  const std::string payload = nlohmann::json(position).dump();
  return absl::WebSafeBase64Escape(
      hash_.Make(payload + '\n' + ListOf(request)).substr(0, kHashBytes) + payload);
}

std::optional<std::vector<std::string>> PageTokens::Read(
    const google::protobuf::Message& request) const {
  const std::string token = TokenOf(request);
  if (token.empty()) return std::vector<std::string>();
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= kHashBytes)
    return std::nullopt;
  const std::string payload = bytes.substr(kHashBytes);
  if (!hash_.Recognises(payload + '\n' + ListOf(request), bytes.substr(0, kHashBytes)))
    return std::nullopt;
  const nlohmann::json position = nlohmann::json::parse(payload, nullptr, false);
  if (!position.is_array()) return std::nullopt;
  return position.get<std::vector<std::string>>();
}

}  // namespace syncline::scheduler
