// Upstreams with a temper. They answer like /languages when they answer well.
#include <fmt/format.h>

#include <memory>
#include <mutex>

#include "tests/support/sample_api/answer.h"
#include "tests/support/sample_api/api_server.h"

namespace syncline::sample_api {
namespace {

using httplib::Request;
using httplib::Response;

constexpr size_t kPerPage = 1000;
constexpr size_t kLimitedPage = 3;

struct Temper {
  std::mutex mutex;
  bool next_pass_fails = false;
  bool limit_due = false;
};

void AnswerPage(const RecordList& list, size_t page, Response& response) {
  const size_t pages = (list.size() + kPerPage - 1) / kPerPage;
  AnswerJson(response,
             fmt::format(R"({{"data":{},"page":{},"totalPages":{}}})",
                         ToArray(list.Slice((page - 1) * kPerPage, kPerPage)), page, pages));
}

}  // namespace

void AddFlakyRoutes(Routes& routes) {
  State& state = routes.state;
  const auto temper = std::make_shared<Temper>();

  routes.Get("/flaky/always", [](const Request&, Response& response) {
    AnswerProblem(response, 500, "this upstream always fails");
  });

  routes.Get("/flaky/alternate", [&state, temper](const Request& request, Response& response) {
    const auto page = NumberParameter(request, response, "page", 1, 1, 1000);
    if (!page) return;
    if (*page == 1) {
      std::lock_guard lock(temper->mutex);
      const bool fails = temper->next_pass_fails;
      temper->next_pass_fails = !fails;
      if (fails) return AnswerProblem(response, 500, "every other pass fails");
    }
    AnswerPage(state.languages, *page, response);
  });

  routes.Get("/flaky/rate-limited", [&state, temper](const Request& request, Response& response) {
    const auto page = NumberParameter(request, response, "page", 1, 1, 1000);
    if (!page) return;
    {
      std::lock_guard lock(temper->mutex);
      if (*page == 1) temper->limit_due = true;
      if (*page == kLimitedPage && temper->limit_due) {
        temper->limit_due = false;
        response.set_header("Retry-After", "3");
        return AnswerProblem(response, 429, "slow down");
      }
    }
    AnswerPage(state.languages, *page, response);
  });
}

}  // namespace syncline::sample_api
