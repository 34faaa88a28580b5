// A file of a test's own, gone with it.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

namespace syncline::auth {

class ScratchFile {
 public:
  ScratchFile() {
    static std::atomic<int> made = 0;
    path_ = (std::filesystem::temp_directory_path() /
             ("syncline-scratch-" + std::to_string(getpid()) + "-" + std::to_string(made++)))
                .string();
  }
  ~ScratchFile() {
    std::error_code ignored;  // a test may have moved it
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void Write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace syncline::auth
