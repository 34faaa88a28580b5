// dlt (https://dlthub.com), the loader that Python users would otherwise run, as a warm process:
// peers/dlt/load.py.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tests/support/child_process.h"

namespace syncline::bench {

class DltPeer {
 public:
  // Starts it and waits until it is there; ends the process with a message when it does not come.
  explicit DltPeer(const std::string& root);
  ~DltPeer();

  // Loads all pages of `url` into the table "records" of the schema `dataset`; returns when that is
  // committed. Ends the process with a message when it fails.
  void Load(const std::string& database_url, const std::string& dataset, const std::string& url);

  // "dlt 1.31.0, Python 3.11.7".
  const std::string& version() const { return version_; }
  static std::string Settings();

 private:
  const std::string directory_;  // of its pipelines
  const int port_;
  testing::ChildProcess process_;
  std::string version_;
};

}  // namespace syncline::bench
