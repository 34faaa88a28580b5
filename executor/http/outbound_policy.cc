#include "executor/http/outbound_policy.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"

namespace syncline::executor {
namespace {

struct SpecialNetwork {
  std::string_view network;
  std::string_view reason;
};

constexpr SpecialNetwork kSpecialV4[] = {
    {"0.0.0.0/8", "\"this network\", which reaches this very machine (RFC 791)"},
    {"10.0.0.0/8", "private (RFC 1918)"},
    {"100.64.0.0/10", "shared address space of carriers (RFC 6598)"},
    {"127.0.0.0/8", "loopback (RFC 1122)"},
    {"168.63.129.16/32", "the metadata service of a cloud"},
    {"169.254.0.0/16", "link-local, where clouds keep their metadata (RFC 3927)"},
    {"172.16.0.0/12", "private (RFC 1918)"},
    {"192.0.0.0/24", "reserved for protocol assignments (RFC 6890)"},
    {"192.0.2.0/24", "for documentation (RFC 5737)"},
    {"192.88.99.0/24", "a 6to4 relay, no longer in use (RFC 7526)"},
    {"192.168.0.0/16", "private (RFC 1918)"},
    {"198.18.0.0/15", "for benchmarks (RFC 2544)"},
    {"198.51.100.0/24", "for documentation (RFC 5737)"},
    {"203.0.113.0/24", "for documentation (RFC 5737)"},
    {"224.0.0.0/4", "multicast (RFC 5771)"},
    {"255.255.255.255/32", "the broadcast address (RFC 8190)"},
    {"240.0.0.0/4", "reserved (RFC 1112)"},
};

constexpr SpecialNetwork kSpecialV6[] = {
    {"::/128", "unspecified, which reaches this very machine (RFC 4291)"},
    {"::1/128", "loopback (RFC 4291)"},
    {"::/96", "an IPv4-compatible form, no longer in use (RFC 4291)"},
    {"64:ff9b:1::/48", "for translation into private IPv4 (RFC 8215)"},
    {"100::/64", "for discarding (RFC 6666)"},
    {"2001::/32", "Teredo, which holds an IPv4 address (RFC 4380)"},
    {"2001::/23", "reserved for protocol assignments (RFC 2928)"},
    {"2001:db8::/32", "for documentation (RFC 3849)"},
    {"2002::/16", "6to4, which holds an IPv4 address (RFC 3056)"},
    {"3fff::/20", "for documentation (RFC 9637)"},
    {"fc00::/7", "private (RFC 4193)"},
    {"fe80::/10", "link-local (RFC 4291)"},
    {"fec0::/10", "site-local, no longer in use (RFC 3879)"},
    {"ff00::/8", "multicast (RFC 4291)"},
};

// The tables above as networks; a mistake in them stops the first use, thus every test.
struct ReservedNetwork {
  IpNetwork network;
  std::string_view reason;
};

std::vector<ReservedNetwork> ReadTables() {
  std::vector<ReservedNetwork> networks;
  for (const SpecialNetwork& entry : kSpecialV4) {
    networks.push_back({IpNetwork::Parse(entry.network).value(), entry.reason});
  }
  for (const SpecialNetwork& entry : kSpecialV6) {
    networks.push_back({IpNetwork::Parse(entry.network).value(), entry.reason});
  }
  return networks;
}

const std::vector<ReservedNetwork>& ReservedNetworks() {
  static const std::vector<ReservedNetwork> networks = ReadTables();
  return networks;
}

bool IsIn(std::string_view network, const IpAddress& address) {
  return IpNetwork::Parse(network).value().Contains(address);
}

IpAddress EmbeddedV4(const IpAddress& address) {
  IpAddress v4;
  std::copy(address.bytes.begin() + 12, address.bytes.end(), v4.bytes.begin());
  return v4;
}

OutboundDecision DecideByRegistry(const IpAddress& address) {
  for (const ReservedNetwork& reserved : ReservedNetworks()) {
    if (reserved.network.Contains(address)) return {false, reserved.reason};
  }
  if (address.is_v6 && !IsIn("2000::/3", address)) {
    return {false, "outside the global unicast range (RFC 4291)"};
  }
  return {true, "a public address"};
}

absl::Status BadNetwork(std::string_view text, std::string_view problem) {
  return absl::InvalidArgumentError(fmt::format(
      "network '{}': {}, expected address/bits such as 10.0.0.0/8 or fd00::/8", text, problem));
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string copy(text);
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address.is_v6 = true;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::FromSocketAddress(const sockaddr* address, socklen_t size) {
  IpAddress result;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    std::memcpy(result.bytes.data(), &v4->sin_addr, 4);
    return result;
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    result.is_v6 = true;
    std::memcpy(result.bytes.data(), &v6->sin6_addr, 16);
    return result;
  }
  return std::nullopt;
}

absl::StatusOr<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return BadNetwork(text, "no '/' in it");
  const std::optional<IpAddress> base = IpAddress::Parse(text.substr(0, slash));
  if (!base.has_value()) return BadNetwork(text, "its address cannot be read");
  IpNetwork network{.base = *base};
  const std::string_view bits = text.substr(slash + 1);
  const int most = base->is_v6 ? 128 : 32;
  const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), network.bits);
  if (error != std::errc() || end != bits.data() + bits.size() || network.bits < 0 ||
      network.bits > most) {
    return BadNetwork(text, fmt::format("its length is not a number from 0 to {}", most));
  }
  for (int bit = network.bits; bit < most; ++bit) {
    if ((base->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      return BadNetwork(text, "its address has bits set beyond its length");
    }
  }
  return network;
}

bool IpNetwork::Contains(const IpAddress& address) const {
  if (address.is_v6 != base.is_v6) return false;
  const int whole = bits / 8;
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + whole, address.bytes.begin())) {
    return false;
  }
  const int rest = bits % 8;
  return rest == 0 || (base.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0;
}

absl::StatusOr<OutboundPolicy> OutboundPolicy::Create(std::string_view allowed_networks) {
  OutboundPolicy policy;
  if (allowed_networks.empty()) return policy;
  for (const absl::string_view entry :
       absl::StrSplit(absl::string_view(allowed_networks.data(), allowed_networks.size()), ',')) {
    const absl::string_view text = absl::StripAsciiWhitespace(entry);
    ASSIGN_OR_RETURN(IpNetwork network, IpNetwork::Parse({text.data(), text.size()}));
    policy.allowed_.push_back(network);
  }
  return policy;
}

OutboundDecision OutboundPolicy::Decide(const IpAddress& address) const {
  // The kernel connects to the IPv4 address inside, so it is the one to judge.
  if (IsIn("::ffff:0:0/96", address)) return Decide(EmbeddedV4(address));
  for (const IpNetwork& network : allowed_) {
    if (network.Contains(address)) return {true, "in SYNC_ALLOW_PRIVATE_NETWORKS"};
  }
  // NAT64 of IPv6-only networks (RFC 6052). The gateway connects to the IPv4 address inside, as
  // seen from where it stands, so our list of allowed IPv4 networks says nothing about it.
  if (IsIn("64:ff9b::/96", address)) return DecideByRegistry(EmbeddedV4(address));
  return DecideByRegistry(address);
}

}  // namespace syncline::executor
