#include "tests/support/sample_api/api_server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <utility>

#include "absl/time/clock.h"
#include "tests/support/sample_api/answer.h"
#include "tests/support/sample_api/connection.h"
#include "tests/support/sample_api/fault_effects.h"

namespace syncline::sample_api {
namespace {

// One thread a connection, and a held request keeps its thread: room for the largest tests.
constexpr size_t kThreads = 640;
constexpr int kBacklog = 1024;
constexpr size_t kRequestsPerConnection = 1'000'000;
constexpr time_t kKeepAliveSeconds = 30;
constexpr int kClientLeft = 499;

}  // namespace

State::State(Options options_in)
    : options(std::move(options_in)),
      languages("alpha_3", /*timed=*/false),
      subdivisions("code", /*timed=*/true),
      countries("alpha_2", /*timed=*/false) {}

Routes::Routes(httplib::Server& server_in, State& state_in)
    : server(server_in), state(state_in), stopping_([this] { return state.stopping.load(); }) {}

void Routes::Get(const std::string& pattern, Handler handler) {
  server.Get(pattern, WithFaults(std::move(handler)));
}

void Routes::Post(const std::string& pattern, Handler handler) {
  server.Post(pattern, WithFaults(std::move(handler)));
}

Routes::Handler Routes::WithFaults(Handler handler) {
  return [this, handler = std::move(handler)](const httplib::Request& request,
                                              httplib::Response& response) {
    const uint64_t number = state.ledger.Arrive(request);
    const auto parameters = ParametersOf(request);
    const Connection connection(request, stopping_);
    if (!state.gates.Pass(request.path, parameters, [&] { return connection.Gone(); })) {
      connection.Close();
      state.ledger.Finish(number, kClientLeft);
      return;
    }
    handler(request, response);
    if (const auto fault = state.faults.Catch(request.path, parameters)) {
      ApplyFault(
          *fault, request, connection, [this] { return state.faults.generation(); }, response);
    }
    state.ledger.Finish(number, response.status);
  };
}

// The library listens with a backlog of 5, too short for hundreds of clients that start at once.
class ApiServer::Listener : public httplib::Server {
 public:
  void DeepenBacklog() { ::listen(svr_sock_, kBacklog); }
};

absl::StatusOr<std::unique_ptr<ApiServer>> ApiServer::Start(Options options) {
  std::unique_ptr<ApiServer> api(new ApiServer(std::move(options)));
  State& state = api->state_;
  const std::string& dir = state.options.iso_dir;
  const absl::Time now = absl::Now();
  for (const absl::Status& loaded :
       {state.languages.Load(dir + "/iso_639-3.json", "639-3", now),
        state.subdivisions.Load(dir + "/iso_3166-2.json", "3166-2", now),
        state.countries.Load(dir + "/iso_3166-1.json", "3166-1", now)}) {
    if (!loaded.ok()) return loaded;
  }
  const std::string& host = state.options.host;
  if (state.options.port == 0) {
    api->port_ = api->listener_->bind_to_any_port(host);
  } else if (api->listener_->bind_to_port(host, state.options.port)) {
    api->port_ = state.options.port;
  } else {
    api->port_ = -1;
  }
  if (api->port_ <= 0) {
    return absl::UnavailableError(fmt::format("cannot listen on {}:{}", host, state.options.port));
  }
  api->listener_->DeepenBacklog();
  api->thread_ = std::thread([listener = api->listener_.get()] { listener->listen_after_bind(); });
  while (!api->listener_->is_running()) std::this_thread::yield();
  return api;
}

ApiServer::ApiServer(Options options)
    : state_(std::move(options)),
      listener_(std::make_unique<Listener>()),
      routes_(std::make_unique<Routes>(*listener_, state_)) {
  listener_->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  listener_->set_keep_alive_max_count(kRequestsPerConnection);
  listener_->set_keep_alive_timeout(kKeepAliveSeconds);
  listener_->set_tcp_nodelay(true);
  listener_->Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  AddAdminRoutes(*routes_);
  AddListRoutes(*routes_);
  AddCountriesRoutes(*routes_);
  AddFlakyRoutes(*routes_);
  // Last: what no route took is noted too.
  for (auto add : {&Routes::Get, &Routes::Post}) {
    ((*routes_).*add)(".*", [](const httplib::Request& request, httplib::Response& response) {
      AnswerProblem(response, 404, fmt::format("there is no {} {}", request.method, request.path));
    });
  }
}

ApiServer::~ApiServer() { Stop(); }

std::string ApiServer::address() const { return fmt::format("{}:{}", state_.options.host, port_); }

void ApiServer::Stop() {
  state_.stopping = true;
  listener_->stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace syncline::sample_api
