// The checks that an executor has under way: a bounded number, beside its runs and their slots.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "executor/app/page_check.h"
#include "executor/app/run_services.h"
#include "executor/core/check.h"

namespace syncline::executor {

// Every function on the loop.
class Checks {
 public:
  using Reply = std::function<void(const CheckAnswer& answer)>;

  // At most `most` at once. `services` outlive it.
  Checks(const RunServices* services, std::size_t most) : services_(*services), most_(most) {}

  // Carries a check out, or refuses it. `reply` is called on the loop, exactly once, unless the
  // check is dropped before.
  void Take(CheckOrder order, Reply reply);
  // Drops a check without an answer, closing its request.
  void Drop(const std::string& id);
  void DropAll();
  // From now on everything is refused, what is under way too, so that another executor takes it.
  void StartDraining();

 private:
  struct Entry {
    std::shared_ptr<PageCheck> check;
    Reply reply;
  };
  void OnDone(const std::string& id, CheckedPage page);

  const RunServices& services_;
  const std::size_t most_;
  bool draining_ = false;
  std::unordered_map<std::string, Entry> entries_;  // by check id
};

}  // namespace syncline::executor
