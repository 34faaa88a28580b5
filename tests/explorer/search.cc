#include "tests/explorer/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "tests/explorer/canonical.h"

namespace syncline::explorer {
namespace {

// More than the longest way to the end by far.
constexpr int kLongestWay = 200;

struct Hash {
  std::size_t operator()(const Fingerprint& print) const { return print.low; }
};
using Seen = absl::flat_hash_set<Fingerprint, Hash>;

struct Node {
  std::uint32_t parent;
  Event event;
};

struct Open {
  State state;
  std::uint32_t node;
};

class Search {
 public:
  explicit Search(const Model& model) : model_(model) {
    State first = InitialState();
    Canonicalise(first);
    seen_.insert(FingerprintOf(first));
    nodes_.push_back({0, {}});
    open_.push_back({first, 0});
  }

  Found Run(int depth) {
    for (; found_.depth < depth && !open_.empty() && !found_.violation; ++found_.depth) {
      std::vector<Open> next;
      for (const Open& open : open_) {
        if (!Expand(open, next)) break;
      }
      open_ = std::move(next);
    }
    found_.states = nodes_.size();
    return std::move(found_);
  }

 private:
  bool Expand(const Open& open, std::vector<Open>& next) {
    model_.List(open.state, events_);
    State state;
    for (const Event& event : events_) {
      Verdict verdict;
      if (!model_.Take(open.state, event, state, verdict)) continue;
      ++found_.steps;
      const bool known = !seen_.insert(FingerprintOf(state)).second;
      if (known && verdict.broken == nullptr) continue;
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({open.node, event});
      if (verdict.broken != nullptr) return Fail(node, verdict.broken, {});
      if (!Ends(state, node)) return false;
      next.push_back({state, node});
    }
    return true;
  }

  // Whether everything ends from here. Every state on the way is remembered: most ways join one
  // that was gone before.
  bool Ends(State state, std::uint32_t node) {
    std::vector<Event> way;
    std::vector<Fingerprint> passed;
    state.disturbances = 0;
    while (true) {
      const Fingerprint print = FingerprintOf(state);
      if (ending_.contains(print)) break;
      passed.push_back(print);
      const auto event = model_.NextFair(state);
      if (!event) break;
      way.push_back(*event);
      State next;
      Verdict verdict;
      const bool taken = model_.Take(state, *event, next, verdict);
      if (verdict.broken != nullptr) return Fail(node, verdict.broken, way);
      if (!taken || way.size() > kLongestWay)
        return Fail(node, "nothing is stuck: every run ends when nothing goes wrong any more", way);
      next.disturbances = 0;
      state = next;
    }
    ending_.insert(passed.begin(), passed.end());
    return true;
  }

  bool Fail(std::uint32_t node, const char* rule, const std::vector<Event>& way) {
    Violation violation{rule, {}};
    for (; node != 0; node = nodes_[node].parent) violation.path.push_back(nodes_[node].event);
    std::reverse(violation.path.begin(), violation.path.end());
    violation.path.insert(violation.path.end(), way.begin(), way.end());
    found_.violation = std::move(violation);
    return false;
  }

  const Model& model_;
  Found found_;
  Seen seen_, ending_;
  std::vector<Node> nodes_;
  std::vector<Open> open_;
  std::vector<Event> events_;
};

}  // namespace

Found Explore(const Model& model, int depth) {
  const auto start = std::chrono::steady_clock::now();
  Found found = Search(model).Run(depth);
  found.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return found;
}

std::string Report(const Found& found) {
  std::string text = fmt::format("{} states and {} steps to depth {} in {:.1f} s\n", found.states,
                                 found.steps, found.depth, found.seconds);
  if (!found.violation) return text;
  text += fmt::format("broken: {}\n", found.violation->rule);
  for (std::size_t i = 0; i < found.violation->path.size(); ++i)
    text += fmt::format("  {:2}. {}\n", i + 1, Describe(found.violation->path[i]));
  return text;
}

}  // namespace syncline::explorer
