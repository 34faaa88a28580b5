#include "gateway/routes/event_routes.h"

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/base/ids.h"
#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"

namespace syncline::gateway {
namespace {

using Clock = std::chrono::steady_clock;
using Outcome = EventFeed::Reader::Outcome;

constexpr std::size_t kMostWatched = 100;
constexpr int kMostTenantCharacters = 200;
constexpr absl::Duration kLook = absl::Seconds(1);  // at whether the client is still there
constexpr char kHello[] = "retry: 2000\n\n";
constexpr char kHeartbeat[] = ": still here\n\n";

// What a client's thread needs.
struct Listener {
  std::unique_ptr<EventHub::Client> client;
  std::unique_ptr<EventFeed::Reader> reader;
  HttpRequest request;
  const Access* access;
  absl::Duration heartbeat;
};

void Stream(Listener& listener, StreamSink& sink) {
  if (!sink.Write(kHello)) return;
  const auto silence = absl::ToChronoNanoseconds(listener.heartbeat);
  auto last_heartbeat = Clock::now();
  std::string text;
  while (true) {
    const Outcome outcome = listener.reader->Next(std::min(kLook, listener.heartbeat), text);
    if (outcome == Outcome::kLost || outcome == Outcome::kClosed) return;
    if (outcome == Outcome::kText && !sink.Write(text)) return;
    if (!sink.Connected()) return;
    if (Clock::now() - last_heartbeat < silence) continue;
    last_heartbeat = Clock::now();
    if (listener.access->RefuseStranger(listener.request)) return;
    if (!sink.Write(kHeartbeat)) return;
  }
}

// The picture is asked for under any name: what no scheduler would take is refused here. Controls
// are C0, DEL and C1, which UTF-8 writes as C2 80 to C2 9F.
void CheckTenant(QueryReader& query, const std::string& tenant) {
  int characters = 0;
  bool control = false;
  unsigned char before = 0;
  for (const char c : tenant) {
    const auto byte = static_cast<unsigned char>(c);
    characters += (byte & 0xC0) != 0x80 ? 1 : 0;
    control = control || byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0);
    before = byte;
  }
  if (characters > kMostTenantCharacters || control)
    query.Complain("tenantId", "must be at most 200 characters, without control characters");
}

HttpResponse Watch(EventHub* hub, const Access* access, absl::Duration heartbeat,
                   const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  const std::string tenant = query.Text("tenantId");
  CheckTenant(query, tenant);
  std::set<std::string> only;
  const std::vector<std::string> ids = query.List("integrationId");
  for (const std::string& id : ids) {
    if (const auto uuid = ParseUuid(id)) {
      only.insert(*uuid);
    } else {
      query.Complain("integrationId", "must be UUIDs, as answers give them");
    }
  }
  if (query.Has("integrationId") && (ids.empty() || ids.size() > kMostWatched))
    query.Complain("integrationId", "must be 1 to 100 ids; leave it out for all");
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  HttpResponse response;
  response.content_type = "text/event-stream";
  if (call.request.method == "HEAD") return response;
  auto client = hub->Join(tenant);
  if (!client.ok()) return MakeProblem(client.status());
  auto listener = std::make_shared<Listener>();
  listener->client = *std::move(client);
  listener->reader = std::make_unique<EventFeed::Reader>(listener->client->feed(), std::move(only),
                                                         call.request.Header("Last-Event-ID"));
  listener->request = call.request;
  listener->access = access;
  listener->heartbeat = heartbeat;
  response.stream = [listener](StreamSink& sink) { Stream(*listener, sink); };
  return response;
}

}  // namespace

std::vector<Route> EventRoutes(EventHub* hub, const Access* access, absl::Duration heartbeat) {
  return {{"GET", "/api/events", [hub, access, heartbeat](const RouteCall& call) {
             return Watch(hub, access, heartbeat, call);
           }}};
}

}  // namespace syncline::gateway
