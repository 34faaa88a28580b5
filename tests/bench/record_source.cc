#include "tests/bench/record_source.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace syncline::bench {

RecordSource::RecordSource(std::int64_t records)
    : records_(records),
      port_(testing::FreePort()),
      process_({.command = {BENCH_ANSWERS_BINARY, std::to_string(port_), std::to_string(records)},
                .environment = {},
                .log_file = "",
                .run_as = {}}) {
  Serve(Revision::kFirst);
}

void RecordSource::Serve(Revision revision) {
  // Asked until it is up: making the records takes it a second or two.
  for (int tries = 0; tries < 1000; ++tries) {
    httplib::Client client("127.0.0.1", port_);
    const auto answer =
        client.Get(revision == Revision::kFirst ? "/revision?is=0" : "/revision?is=1");
    if (answer && answer->status == 200) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::fputs("bench: the source of records does not answer\n", stderr);
  std::abort();
}

std::string RecordSource::base_url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::string RecordSource::Target(std::int64_t from, std::int64_t to, std::int64_t size) {
  return fmt::format("/records?from={}&to={}&size={}", from, to, size);
}

}  // namespace syncline::bench
