// Looks names up again and again. Docker and Kubernetes give one name to all replicas of a service,
// and a new replica must be found without anything being restarted; gRPC's own resolver looks only
// when a connection breaks.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syncline::executor {

struct HostAndPort {
  std::string host;
  std::string port;
  auto operator<=>(const HostAndPort&) const = default;
};

// The name of a gRPC target ("scheduler:50051", "dns:///scheduler:50051"); empty for an address,
// for localhost, which is one machine whatever it resolves to, and for other schemes.
HostAndPort NameOf(const std::string& target);

// Sorted gRPC targets ("ipv4:10.0.0.7:50051") by name. A name that cannot be looked up is not
// there.
using AddressesByName = std::map<HostAndPort, std::vector<std::string>>;

class NameWatch {
 public:
  // The addresses of a name, in any order; none when it cannot be looked up. May block.
  using LookUp = std::function<std::vector<std::string>(const HostAndPort&)>;
  // Called after each look, on the watch's thread, and not after the destructor.
  using OnLook = std::function<void(AddressesByName)>;

  // The system's resolver.
  static std::vector<std::string> LookUpInSystem(const HostAndPort& name);

  NameWatch(std::vector<HostAndPort> names, absl::Duration period, OnLook on_look,
            LookUp look_up = LookUpInSystem);
  // Does not wait for a look that is under way: a resolver may take many seconds.
  ~NameWatch();
  NameWatch(const NameWatch&) = delete;
  NameWatch& operator=(const NameWatch&) = delete;

 private:
  struct State;
  const std::shared_ptr<State> state_;  // shared with the thread
};

}  // namespace syncline::executor
