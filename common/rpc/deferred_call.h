// A unary call that is answered later, by whoever has the answer then: it occupies no thread while
// it waits, notices when its caller hangs up, and bounds how long it waits.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace syncline::rpc {

// Thread-safe. gRPC holds it until the call is over; holding it longer is harmless. The handler
// returns `get()` to gRPC and sees to it that Answer or Await is called; until then the call's
// request and response stay, even when the caller hangs up.
class DeferredCall final : public grpc::ServerUnaryReactor,
                           public std::enable_shared_from_this<DeferredCall> {
 public:
  static std::shared_ptr<DeferredCall> Make();

  // Whether nobody waits for an answer any more, so that there is no need to look for one.
  bool hung_up();

  // Answers the call with what `make` returns; `make` fills the response. The first answer counts:
  // for later ones, and when the caller has hung up, `make` is not called.
  void Answer(const std::function<absl::Status()>& make);

  // Waits for an answer for `limit` (above zero) from now, then answers with `late`. Calls
  // `abandoned`, once, when the call ends without an answer: it was late, or the caller hung up,
  // perhaps before this. What `abandoned` uses must last as long as the server. At most one a call.
  void Await(absl::Duration limit, absl::Status late, std::function<void()> abandoned);

 private:
  DeferredCall() = default;
  void OnCancel() override;
  void OnDone() override;
  void Abandon(const grpc::Status& status);

  std::shared_ptr<DeferredCall> self_;  // until OnDone

  std::mutex mutex_;
  grpc::Alarm alarm_;
  bool hung_up_ = false;
  bool ended_ = false;
  std::function<void()> abandoned_;  // set: it waits
};

}  // namespace syncline::rpc
