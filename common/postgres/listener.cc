#include "common/postgres/listener.h"

#include <chrono>
#include <pqxx/pqxx>
#include <string_view>
#include <utility>

#include "common/base/ids.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/postgres/pqxx_bridge.h"
#include "postgres_queries.h"

namespace syncline::postgres {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr int kBetweenHintsMs = 100;
constexpr int kLongestWaitMs = 1000;
constexpr std::chrono::seconds kBeforeReconnect{1};
constexpr std::chrono::seconds kProveEvery{10};
constexpr std::chrono::seconds kProofLasts{15};
constexpr std::size_t kMostNotes = 1000;

class Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection& connection, const std::string& channel,
           std::function<void(std::string)> on)
      : pqxx::notification_receiver(connection, channel), on_(std::move(on)) {}
  void operator()(const std::string& payload, int /*backend_pid*/) override { on_(payload); }

 private:
  std::function<void(std::string)> on_;
};

}  // namespace

Listener::Listener(ConnectionOptions options, std::string channel, std::function<void()> on_hint,
                   std::function<void(const std::string&)> on_note)
    : options_(std::move(options)),
      channel_(std::move(channel)),
      self_(NewRandomUuid()),
      on_hint_(std::move(on_hint)),
      on_note_(std::move(on_note)),
      thread_([this] { Run(); }) {}

Listener::~Listener() {
  stopping_ = true;
  poller_.Wake();
  thread_.join();
}

void Listener::Hint() {
  if (!hint_wanted_.exchange(true)) poller_.Wake();
}

void Listener::Tell(std::string note) {
  std::lock_guard lock(mutex_);
  notes_.push_back(std::move(note));
  if (notes_.size() > kMostNotes) notes_.pop_front();
  poller_.Wake();
}

absl::Status Listener::SendNotes(Connection& session) {
  std::deque<std::string> notes;
  {
    std::lock_guard lock(mutex_);
    notes.swap(notes_);
  }
  for (const std::string& note : notes) {
    RETURN_IF_ERROR(
        session.Run(queries::kNotify, Params().Add(channel_).Add(self_ + " " + note)).status());
  }
  return absl::OkStatus();
}

void Listener::Run() {
  while (!stopping_) {
    const absl::Status status = Serve();
    proved_ = false;
    if (!status.ok()) LogDebug("the listener's session ended", {{"error", status}});
    const SteadyTime until = std::chrono::steady_clock::now() + kBeforeReconnect;
    for (SteadyTime now; !stopping_ && (now = std::chrono::steady_clock::now()) < until;)
      poller_.Wait(
          static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count()));
  }
}

absl::Status Listener::Serve() {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> session, Connection::Open(options_));
  SteadyTime proved_at{};
  std::unique_ptr<Receiver> receiver;
  RETURN_IF_ERROR(CatchPqxx([&] {
    receiver =
        std::make_unique<Receiver>(session->raw().pqxx, channel_, [&](const std::string& text) {
          const std::size_t space = text.find(' ');
          if (std::string_view(text).substr(0, space) == self_) {
            if (space == std::string::npos) proved_at = std::chrono::steady_clock::now();
          } else if (space == std::string::npos) {
            on_hint_();
          } else {
            on_note_(text.substr(space + 1));
          }
        });
  }));
  poller_.Watch(session->raw().pqxx.sock(), EPOLLIN, false);
  SteadyTime next_proof{};
  SteadyTime next_hint{};
  while (!stopping_) {
    const SteadyTime now = std::chrono::steady_clock::now();
    if ((now >= next_hint && hint_wanted_.exchange(false)) || now >= next_proof) {
      // Everybody hears every note; each takes its own as proof and the others' as hints. A proof
      // is sent under the sender's name too, so the hint of another costs one early look.
      RETURN_IF_ERROR(session->Run(queries::kNotify, Params().Add(channel_).Add(self_)).status());
      next_proof = now + kProveEvery;
      next_hint = now + std::chrono::milliseconds(kBetweenHintsMs);
    }
    RETURN_IF_ERROR(SendNotes(*session));
    RETURN_IF_ERROR(CatchPqxx([&] {
      pqxx::connection& raw = session->raw().pqxx;
      if (raw.get_notifs() > 0) return;  // came with the answers to the statements
      poller_.Wait(hint_wanted_ ? kBetweenHintsMs : kLongestWaitMs);
      raw.get_notifs();
    }));
    proved_ =
        proved_at != SteadyTime{} && std::chrono::steady_clock::now() - proved_at < kProofLasts;
  }
  return absl::OkStatus();
}

}  // namespace syncline::postgres
