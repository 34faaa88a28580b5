#include "tests/e2e/rest_client.h"

#include <utility>

namespace syncline::testing {

using nlohmann::json;

std::string RestAnswer::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

RestAnswer CallRest(const Program& gateway, const std::string& method, const std::string& target,
                    const std::string& body, const httplib::Headers& headers) {
  httplib::Client client("127.0.0.1", gateway.http_port);
  client.set_read_timeout(60);
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.headers = headers;
  request.body = body;
  if (!body.empty() && !request.has_header("Content-Type"))
    request.set_header("Content-Type", "application/json");
  RestAnswer answer;
  const auto result = client.send(request);
  if (!result) return answer;
  answer.status = result->status;
  answer.body = json::parse(result->body, nullptr, false);
  answer.headers = result->headers;
  return answer;
}

EventClient::EventClient(const Program& gateway, const std::string& query, httplib::Headers headers)
    : client_("127.0.0.1", gateway.http_port) {
  client_.set_read_timeout(60);
  thread_ = std::thread([this, query, headers = std::move(headers)] {
    bool stream = false;
    client_.Get(
        "/api/events" + query, headers,
        [&](const httplib::Response& response) {
          stream = response.status == 200;
          return true;
        },
        [&](const char* data, std::size_t size) {
          std::lock_guard lock(mutex_);
          if (!stream) {
            error_.append(data, size);
            return true;
          }
          text_.append(data, size);
          for (std::size_t end; (end = text_.find("\n\n")) != std::string::npos;) {
            Take(text_.substr(0, end + 1));
            text_.erase(0, end + 2);
          }
          return !stopping_.load();
        });
    ended_ = true;
  });
}

EventClient::~EventClient() { Stop(); }

void EventClient::Stop() {
  stopping_ = true;
  client_.stop();
  if (thread_.joinable()) thread_.join();
}

void EventClient::Take(const std::string& event) {
  std::map<std::string, std::string> fields;
  for (std::size_t at = 0; at < event.size();) {
    const std::size_t end = event.find('\n', at);
    const std::string line = event.substr(at, end - at);
    at = end + 1;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) fields[line.substr(0, colon)] = line.substr(colon + 2);
  }
  if (fields.contains("id")) last_event_id_ = fields["id"];
  if (!fields.contains("event")) return;  // a comment, or the time to wait
  const std::string& name = fields["event"];
  events_.push_back(name);
  const json data = json::parse(fields["data"]);
  if (name == "snapshot-begin") picture_.clear();
  if (name == "integration") picture_[data.at("id")] = data;
  if (name == "deleted") picture_.erase(data.at("id").get<std::string>());
}

std::map<std::string, json> EventClient::picture() {
  std::lock_guard lock(mutex_);
  return picture_;
}

std::vector<std::string> EventClient::events() {
  std::lock_guard lock(mutex_);
  return events_;
}

std::string EventClient::last_event_id() {
  std::lock_guard lock(mutex_);
  return last_event_id_;
}

std::string EventClient::error() {
  std::lock_guard lock(mutex_);
  return error_;
}

void EventClient::Await(const std::string& what,
                        const std::function<bool(const std::map<std::string, json>&,
                                                 const std::vector<std::string>&)>& matches) {
  AwaitOrDie(what, [&] {
    std::lock_guard lock(mutex_);
    return matches(picture_, events_);
  });
}

}  // namespace syncline::testing
