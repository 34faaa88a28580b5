#include "tests/bench/bare_loader.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace syncline::bench {
namespace {

// The update is left out where nothing changed, or an unchanged run would be slower than a first.
constexpr char kUpsert[] =
    "INSERT INTO public.bare AS bare (key, data) SELECT key, data FROM batch"
    " ON CONFLICT (key) DO UPDATE SET data = excluded.data WHERE bare.data IS DISTINCT FROM "
    "excluded.data";

}  // namespace

BareLoader::BareLoader(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  Run("CREATE TABLE public.bare (key text COLLATE \"C\" PRIMARY KEY, data jsonb NOT NULL)");
  Run("CREATE TEMP TABLE batch (key text COLLATE \"C\", data jsonb) ON COMMIT DELETE ROWS");
}

BareLoader::~BareLoader() { PQfinish(connection_); }

void BareLoader::Run(const char* sql) {
  PGresult* result = PQexec(connection_, sql);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_COPY_IN) {
    std::fprintf(stderr, "bare loader: %s: %s\n", sql, PQerrorMessage(connection_));
    std::abort();
  }
  PQclear(result);
}

std::vector<std::string> BareLoader::Batches(std::int64_t records, Revision revision,
                                             std::int64_t batch) {
  std::vector<std::string> batches;
  for (std::int64_t begin = 0; begin < records; begin += batch) {
    std::string& text = batches.emplace_back();
    const std::int64_t end = std::min(records, begin + batch);
    // The records hold nothing that COPY's text form would have to escape.
    for (std::int64_t number = begin; number < end; ++number)
      text += RecordKey(number) + "\t" + RecordJson(number, revision) + "\n";
  }
  return batches;
}

void BareLoader::Load(const std::vector<std::string>& batches) {
  for (const std::string& text : batches) {
    Run("BEGIN");
    Run("COPY batch FROM STDIN");
    if (PQputCopyData(connection_, text.data(), static_cast<int>(text.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1) {
      std::fprintf(stderr, "bare loader: %s\n", PQerrorMessage(connection_));
      std::abort();
    }
    while (PGresult* result = PQgetResult(connection_)) {
      if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        std::fprintf(stderr, "bare loader: COPY: %s\n", PQerrorMessage(connection_));
        std::abort();
      }
      PQclear(result);
    }
    Run(kUpsert);
    Run("COMMIT");
  }
}

const char* BareLoader::Count() {
  return "SELECT count(*) AS rows, sum(round((data ->> 'amount')::numeric * 100))::bigint AS cents "
         "FROM public.bare";
}

}  // namespace syncline::bench
