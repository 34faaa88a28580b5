#include "executor/rpc/name_watch.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace syncline::executor {
namespace {

bool IsAddress(const std::string& host) {
  in_addr parsed{};
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1;
}

std::string TargetOf(const addrinfo& found) {
  std::array<char, NI_MAXHOST> host;
  std::array<char, NI_MAXSERV> port;
  if (getnameinfo(found.ai_addr, found.ai_addrlen, host.data(), host.size(), port.data(),
                  port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return found.ai_family == AF_INET6 ? fmt::format("ipv6:[{}]:{}", host.data(), port.data())
                                     : fmt::format("ipv4:{}:{}", host.data(), port.data());
}

}  // namespace

HostAndPort NameOf(const std::string& target) {
  constexpr std::string_view kDns = "dns:///";
  std::string_view rest = target;
  if (rest.starts_with(kDns)) rest.remove_prefix(kDns.size());
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size()) return {};
  HostAndPort name{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
  const bool digits =
      std::all_of(name.port.begin(), name.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  // A colon or a slash: an IPv6 address, or another scheme.
  if (!digits || name.host.find_first_of(":/") != std::string::npos || name.host == "localhost" ||
      IsAddress(name.host)) {
    return {};
  }
  return name;
}

std::vector<std::string> NameWatch::LookUpInSystem(const HostAndPort& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(name.host.c_str(), name.port.c_str(), &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(list, &freeaddrinfo);
  std::vector<std::string> targets;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (std::string target = TargetOf(*one); !target.empty()) targets.push_back(std::move(target));
  }
  return targets;
}

struct NameWatch::State {
  void Run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      lock.unlock();
      AddressesByName addresses;
      for (const HostAndPort& name : names) {
        std::vector<std::string> found = look_up(name);
        std::sort(found.begin(), found.end());
        if (!found.empty()) addresses[name] = std::move(found);
      }
      lock.lock();
      if (stopping) return;
      on_look(std::move(addresses));
      wake.wait_for(lock, absl::ToChronoNanoseconds(period), [this] { return stopping; });
    }
  }

  std::vector<HostAndPort> names;
  absl::Duration period;
  OnLook on_look;
  LookUp look_up;
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
};

NameWatch::NameWatch(std::vector<HostAndPort> names, absl::Duration period, OnLook on_look,
                     LookUp look_up)
    : state_(std::make_shared<State>()) {
  state_->names = std::move(names);
  state_->period = period;
  state_->on_look = std::move(on_look);
  state_->look_up = std::move(look_up);
  std::thread([state = state_] { state->Run(); }).detach();
}

NameWatch::~NameWatch() {
  std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->wake.notify_all();
}

}  // namespace syncline::executor
