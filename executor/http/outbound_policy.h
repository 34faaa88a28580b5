// Which addresses an outgoing connection may reach.
//
// Denied by default: only global unicast addresses by the IANA special-purpose registries
// (iana-ipv4-special-registry, iana-ipv6-special-registry; RFC 6890) are allowed, less the metadata
// services of clouds that sit in public ranges. The operator may allow further networks by name.
// The decision is about an address, never about a name: the client asks again for the address that
// it really connects to, so neither the spelling of a host nor a changed DNS answer gets around it.
//
// Pure and immutable; any thread.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syncline::executor {

// An IPv4 or IPv6 address. IPv4 uses the first four bytes and leaves the rest zero.
struct IpAddress {
  bool is_v6 = false;
  std::array<uint8_t, 16> bytes{};

  // From the address text of inet_ntop ("192.0.2.1", "2001:db8::1"); nothing for any other text.
  static std::optional<IpAddress> Parse(std::string_view text);
  // Nothing for a family that is neither AF_INET nor AF_INET6.
  static std::optional<IpAddress> FromSocketAddress(const sockaddr* address, socklen_t size);
};

// Addresses whose first `bits` bits are those of `base`.
struct IpNetwork {
  IpAddress base;
  int bits = 0;

  // From "10.0.0.0/8". INVALID_ARGUMENT names the text and what is wrong with it; bits set beyond
  // the prefix are wrong as well, since they are mostly a slip.
  static absl::StatusOr<IpNetwork> Parse(std::string_view text);
  bool Contains(const IpAddress& address) const;
};

struct OutboundDecision {
  bool allowed = false;
  // Why, in words that fit "the address is ...": "a public address", "private (RFC 1918)". Static.
  std::string_view reason;
};

class OutboundPolicy {
 public:
  // Only public addresses.
  OutboundPolicy() = default;

  // Public addresses and those of `allowed_networks`, the value of SYNC_ALLOW_PRIVATE_NETWORKS:
  // CIDRs with commas between them ("127.0.0.1/32,10.0.0.0/8"), empty for none. An IPv4 network
  // also covers its IPv4-mapped IPv6 forms. INVALID_ARGUMENT names the first bad entry.
  static absl::StatusOr<OutboundPolicy> Create(std::string_view allowed_networks);

  OutboundDecision Decide(const IpAddress& address) const;

 private:
  std::vector<IpNetwork> allowed_;
};

}  // namespace syncline::executor
