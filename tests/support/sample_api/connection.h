// The socket under a request, for what an HTTP library will not do: notice that the client left
// while its request waits, and send bytes that are no proper answer.
#pragma once

#include <httplib.h>

#include <functional>
#include <string_view>

namespace syncline::sample_api {

class Connection {
 public:
  // Finds the socket by the address of its other end. `stopping` tells that the server shuts down;
  // it must outlive the connection.
  Connection(const httplib::Request& request, const std::function<bool()>& stopping);

  // True when the client closed its side, the socket was not found, or the server stops.
  bool Gone() const;

  // Writes all of `bytes`, waiting for a slow reader. False when the other side is gone.
  bool Send(std::string_view bytes) const;

  // Shuts both directions; whatever the HTTP library writes afterwards is lost.
  void Close() const;

 private:
  int socket_;  // owned by the HTTP library
  const std::function<bool()>& stopping_;
};

}  // namespace syncline::sample_api
