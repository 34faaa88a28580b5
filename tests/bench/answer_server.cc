// bench-answers PORT RECORDS: serves the bench's records so fast that no contestant waits
// for it. All records lie in memory as one text, of which a page is a slice: a request costs a
// search in its first line and one writev.
//
//   GET /records?from=0&to=500000&size=500[&after=500]
//   {"data":[…],"meta":{"next":"1000"}}    next is null at the end of the range
//   GET /revision?is=1                     which revision is served from now on; 0 or 1
//
// One thread a connection; knows just enough of HTTP for the bench's clients.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/bench_records.h"

namespace syncline::bench {
namespace {

// The records with commas between them.
class RecordText {
 public:
  RecordText(std::int64_t count, Revision revision) {
    offsets_.reserve(static_cast<std::size_t>(count) + 1);
    for (std::int64_t number = 0; number < count; ++number) {
      offsets_.push_back(text_.size());
      text_ += RecordJson(number, revision);
      text_ += ',';
    }
    offsets_.push_back(text_.size());
  }

  std::int64_t count() const { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  // The records of [from, to).
  std::string_view Slice(std::int64_t from, std::int64_t to) const {
    if (from >= to) return "";
    const std::size_t begin = offsets_[static_cast<std::size_t>(from)];
    return std::string_view(text_).substr(begin,
                                          offsets_[static_cast<std::size_t>(to)] - 1 - begin);
  }

 private:
  std::string text_;
  std::vector<std::size_t> offsets_;
};

std::optional<std::int64_t> Parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.size() <= name.size() || !one.starts_with(name) || one[name.size()] != '=') continue;
    std::int64_t value = 0;
    std::from_chars(one.data() + name.size() + 1, one.data() + one.size(), value);
    return value;
  }
  return std::nullopt;
}

bool SendAll(int socket, std::string_view head, std::string_view body, std::string_view tail) {
  std::array<std::string_view, 3> parts = {head, body, tail};
  std::array<iovec, 3> pieces{};
  std::size_t left = head.size() + body.size() + tail.size();
  while (left > 0) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    const ssize_t sent = writev(socket, pieces.data(), static_cast<int>(pieces.size()));
    if (sent <= 0) return false;
    left -= static_cast<std::size_t>(sent);
    auto gone = static_cast<std::size_t>(sent);
    for (std::string_view& part : parts) {
      const std::size_t cut = std::min(gone, part.size());
      part.remove_prefix(cut);
      gone -= cut;
    }
  }
  return true;
}

struct Source {
  explicit Source(std::int64_t count)
      : texts{RecordText(count, Revision::kFirst), RecordText(count, Revision::kOnePercent)} {}
  const std::array<RecordText, 2> texts;
  std::atomic<std::size_t> revision = 0;
};

bool Answer(int socket, std::string_view target, Source& source) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  if (path == "/revision") {
    source.revision = Parameter(query, "is").value_or(0) == 0 ? 0 : 1;
    return SendAll(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", "");
  }
  if (path != "/records")
    return SendAll(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "", "");
  const RecordText& text = source.texts.at(source.revision);
  const std::int64_t end = std::min(Parameter(query, "to").value_or(0), text.count());
  const std::int64_t from =
      Parameter(query, "after").value_or(Parameter(query, "from").value_or(0));
  const std::int64_t to = std::min(end, from + Parameter(query, "size").value_or(500));
  const std::string_view records = text.Slice(from, to);
  const std::string tail =
      to < end ? fmt::format(R"(],"meta":{{"next":"{}"}}}})", to) : R"(],"meta":{"next":null}})";
  constexpr std::string_view kBegin = R"({"data":[)";
  const std::string head = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      kBegin.size() + records.size() + tail.size(), kBegin);
  return SendAll(socket, head, records, tail);
}

void Serve(int socket, Source& source) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  std::string received;
  std::array<char, 8192> buffer;
  while (true) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) {
      const ssize_t size = read(socket, buffer.data(), buffer.size());
      if (size <= 0) break;
      received.append(buffer.data(), static_cast<std::size_t>(size));
      continue;
    }
    const std::size_t begin = received.find(' ') + 1;
    const std::string target = received.substr(begin, received.find(' ', begin) - begin);
    received.erase(0, end + 4);
    if (!Answer(socket, target, source)) break;
  }
  close(socket);
}

int Run(int port, std::int64_t count) {
  std::signal(SIGPIPE, SIG_IGN);
  Source source(count);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener, 128) != 0) {
    std::perror("bench-answers");
    return 1;
  }
  while (true) {
    const int socket = accept(listener, nullptr, nullptr);
    if (socket < 0) continue;
    std::thread(Serve, socket, std::ref(source)).detach();
  }
}

}  // namespace
}  // namespace syncline::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench-answers PORT RECORDS\n", stderr);
    return 2;
  }
  return syncline::bench::Run(std::atoi(argv[1]), std::atoll(argv[2]));
}
