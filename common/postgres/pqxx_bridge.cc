#include "common/postgres/pqxx_bridge.h"

#include <string_view>
#include <vector>

#include "common/base/errors.h"

namespace syncline::postgres {
namespace {

absl::Status Unavailable(const std::string& message) {
  return ReasonError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", message);
}

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

absl::Status FromSqlState(const std::string& state, const std::string& what) {
  const std::string message = "PostgreSQL: " + Trimmed(what) + " (SQLSTATE " + state + ")";
  const std::string_view cls = std::string_view(state).substr(0, 2);
  absl::Status status = absl::InternalError(message);
  if (cls == "08" || cls == "53" || cls == "58" || state == "25006" || state.starts_with("57P")) {
    status = Unavailable(message);
  } else if (cls == "40" || state == "55P03" || state == "57014") {
    status = absl::AbortedError(message);
  } else if (state == "23505") {
    status = absl::AlreadyExistsError(message);
  }
  return WithSqlState(status, state);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PqxxConnection>> OpenPqxx(const std::string& conninfo) {
  std::unique_ptr<PqxxConnection> connection;
  absl::Status status = CatchPqxx([&] {
    connection = std::make_unique<PqxxConnection>(conninfo);
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    // Version 6 reconnects by itself, on a new session without our prepared statements; version 7
    // never does.
    connection->pqxx.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    connection->pqxx.set_verbosity(pqxx::connection_base::terse);
#else
    connection->pqxx.set_verbosity(pqxx::error_verbosity::terse);
#endif
  });
  if (!status.ok()) return status;
  return connection;
}

pqxx::result ExecPrepared(pqxx::nontransaction& work, const std::string& name,
                          const Params& params) {
#if PQXX_VERSION_MAJOR < 7
  std::vector<const char*> values;
  values.reserve(params.values().size());
  for (const auto& value : params.values()) values.push_back(value ? value->c_str() : nullptr);
  std::vector<pqxx::binarystring> binaries;
  binaries.reserve(params.binaries().size());
  for (const std::string_view bytes : params.binaries())
    binaries.emplace_back(bytes.data(), bytes.size());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(params.first_binary());
  return work.exec_prepared(name, pqxx::prepare::make_dynamic_params(values.begin(), middle),
                            pqxx::prepare::make_dynamic_params(binaries),
                            pqxx::prepare::make_dynamic_params(middle, values.end()));
#else
  pqxx::params values;
  const auto add_binaries = [&] {
    for (const std::string_view bytes : params.binaries())
      values.append(std::basic_string_view<std::byte>(
          reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()));
  };
  for (std::size_t i = 0; i < params.values().size(); ++i) {
    if (i == params.first_binary()) add_binaries();
    if (const auto& value = params.values()[i]) {
      values.append(*value);
    } else {
      values.append();
    }
  }
  if (params.first_binary() >= params.values().size()) add_binaries();
  return work.exec_prepared(name, values);
#endif
}

absl::Status CatchPqxx(const std::function<void()>& call) {
  try {
    call();
    return absl::OkStatus();
  } catch (const pqxx::broken_connection& error) {
    return Unavailable("the database connection failed: " + Trimmed(error.what()));
  } catch (const pqxx::deadlock_detected& error) {
    return FromSqlState("40P01", error.what());
  } catch (const pqxx::serialization_failure& error) {
    return FromSqlState("40001", error.what());
  } catch (const pqxx::insufficient_privilege& error) {
    return FromSqlState("42501", error.what());  // version 6 forgets the SQLSTATE of this one
  } catch (const pqxx::sql_error& error) {
    if (!error.sqlstate().empty()) return FromSqlState(error.sqlstate(), error.what());
    // Without an SQLSTATE no server answered: the connection ended under the statement.
    return Unavailable("the database connection failed: " + Trimmed(error.what()));
  } catch (const std::exception& error) {
    return absl::InternalError("libpqxx: " + Trimmed(error.what()));
  }
}

bool MustDrop(const absl::Status& status) {
  if (status.ok()) return false;
  if (status.code() != absl::StatusCode::kUnavailable) return !SqlStateOf(status).has_value();
  const auto state = SqlStateOf(status);
  return !state || !state->starts_with("53");
}

}  // namespace syncline::postgres
