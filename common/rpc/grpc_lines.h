// What the gRPC library has to say, as lines of our log.
#pragma once

namespace syncline::rpc {

// From now on, for the whole process. Call before anything of gRPC's is used. Which lines there are
// is GRPC_VERBOSITY's to say, by default errors alone.
void LogGrpcLines();

}  // namespace syncline::rpc
