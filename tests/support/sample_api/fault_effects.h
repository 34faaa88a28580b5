// Turns an honest answer into a faulty one.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <functional>

#include "tests/support/sample_api/connection.h"
#include "tests/support/sample_api/fault_table.h"

namespace syncline::sample_api {

// `response` holds the honest answer and is changed in place; kinds that are no proper HTTP write
// to `connection` themselves and close it. A hang ends when `generation` changes. Blocks for as
// long as the fault lasts.
void ApplyFault(const Fault& fault, const httplib::Request& request, const Connection& connection,
                const std::function<uint64_t()>& generation, httplib::Response& response);

}  // namespace syncline::sample_api
