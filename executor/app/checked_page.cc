#include "executor/app/checked_page.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/connectors/http_url.h"
#include "executor/connectors/json_document.h"

namespace syncline::executor {
namespace {

constexpr std::size_t kMinSecretLength = 4;

// The values in the forms that they may have in JSON text.
std::vector<std::string> FormsOf(const Credentials& credentials) {
  std::vector<std::string> forms;
  for (const auto& [name, value] : credentials) {
    if (value.size() < kMinSecretLength) continue;
    std::string quoted;
    AppendJsonString(value, quoted);
    forms.push_back(quoted.substr(1, quoted.size() - 2));
    forms.push_back(connectors::PercentEncode(value));
  }
  return forms;
}

bool Holds(std::string_view text, const std::vector<std::string>& secrets) {
  return std::any_of(secrets.begin(), secrets.end(), [&](const std::string& secret) {
    return text.find(secret) != std::string_view::npos;
  });
}

}  // namespace

CheckedPage ShowPage(const Page& page, int http_status, const Credentials& credentials) {
  const std::vector<std::string> secrets = FormsOf(credentials);
  CheckedPage shown;
  shown.http_status = http_status;
  shown.fetched = page.fetched;
  shown.rejected = page.rejected;
  std::size_t bytes = 0;
  for (const Record& record : page.records) {
    if (shown.records.size() == kMostCheckedRecords) break;
    if (bytes + record.data.size() > kMostCheckedBytes) break;
    if (Holds(record.data, secrets)) continue;
    bytes += record.data.size();
    shown.records.push_back(record.data);
  }
  if (page.rejected > 0) {
    shown.error_class = ErrorClassName(ErrorClass::kData);
    shown.error_message = "a record would be rejected";
    if (!page.reject_reasons.empty() && !Holds(page.reject_reasons.front(), secrets))
      shown.error_message += ": " + page.reject_reasons.front();
  }
  return shown;
}

CheckedPage ShowError(const SyncError& error) {
  CheckedPage shown;
  shown.error_class = ErrorClassName(error.cls);
  shown.error_message = error.message;
  shown.http_status = error.http_status;
  return shown;
}

}  // namespace syncline::executor
