#include "common/postgres/conninfo.h"

#include <libpq-fe.h>

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <memory>

#include "common/base/errors.h"
#include "common/base/status_macros.h"

namespace syncline::postgres {
namespace {

using Settings = std::map<std::string, std::string>;

absl::StatusOr<Settings> Parse(const std::string& url) {
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  if (parsed == nullptr) {
    return absl::InvalidArgumentError(
        "DATABASE_URL is not a PostgreSQL connection URL; expected "
        "postgresql://user:password@host:5432/database");
  }
  Settings settings;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings[option->keyword] = option->val;
  }
  return settings;
}

std::string Quote(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

bool IsPlainRoleName(const std::string& role) {
  for (const char c : role) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> BuildConninfo(const ConnectionOptions& options) {
  ASSIGN_OR_RETURN(Settings settings, Parse(options.url));
  if (!IsPlainRoleName(options.role)) {
    return absl::InvalidArgumentError(
        "SYNC_DATABASE_ROLE may hold letters, digits and underscores only");
  }
  const Settings defaults = {{"connect_timeout", "5"},
                             {"keepalives", "1"},
                             {"keepalives_idle", "5"},
                             {"keepalives_interval", "2"},
                             {"keepalives_count", "3"},
                             {"application_name", options.application_name},
                             {"target_session_attrs", "read-write"}};
  settings.insert(defaults.begin(), defaults.end());
  settings["options"] += fmt::format(
      " -c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} -c "
      "TimeZone=UTC"
      " -c DateStyle=ISO -c bytea_output=hex -c client_min_messages=warning"
      " -c default_transaction_isolation=read\\ committed -c search_path=pg_catalog",
      absl::ToInt64Milliseconds(options.statement_timeout),
      absl::ToInt64Milliseconds(options.lock_timeout),
      absl::ToInt64Milliseconds(options.statement_timeout));
  if (options.plan_for_indexes)
    settings["options"] +=
        " -c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan"
        " -c max_parallel_workers_per_gather=0";
  if (!options.role.empty()) settings["options"] += " -c role=" + options.role;
  settings["client_encoding"] = "UTF8";
  std::string conninfo;
  for (const auto& [key, value] : settings) conninfo += key + "=" + Quote(value) + " ";
  return conninfo;
}

std::string DescribeDatabase(const std::string& url) {
  absl::StatusOr<Settings> settings = Parse(url);
  if (!settings.ok()) return "(unreadable)";
  Settings& s = *settings;
  return s["host"] + (s["port"].empty() ? "" : ":" + s["port"]) + "/" + s["dbname"];
}

}  // namespace syncline::postgres
