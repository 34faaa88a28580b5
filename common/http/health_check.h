// The --health-check flag: what a container's HEALTHCHECK runs, so that no image needs an HTTP
// client.
#pragma once

#include <string>

namespace syncline {

// Asks /readyz of the program that serves `listen` ("0.0.0.0:9051": on this machine, then), over
// TLS with `tls`; prints one line, and returns 0 when it is ready and 1 when it is not or does not
// answer within 3 s. Its certificate is not verified: what this asks stays on the machine, and
// nothing secret is sent.
int CheckHealth(const std::string& listen, bool tls);

}  // namespace syncline
