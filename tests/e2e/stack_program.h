// What makes a program of a stack, for tests that are not in C++: they start it, read where the
// parts are, and end its input when they are done.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace syncline::testing {

// What a POST to a path does; its answer.
using StackActions = std::map<std::string, std::function<std::string()>>;

// Prints `addresses` as one line of JSON, with "controlUrl" added, which takes the actions, one at
// a time. Returns when standard input has ended.
void ServeStack(nlohmann::json addresses, const StackActions& actions);

}  // namespace syncline::testing
