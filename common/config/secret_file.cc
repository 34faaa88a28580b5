#include "common/config/secret_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/errors.h"

namespace syncline {

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const std::ifstream stream(path);
  std::error_code ignored;
  if (!stream.is_open() || std::filesystem::is_directory(path, ignored))
    return MakeStatus(absl::StatusCode::kNotFound, "cannot read " + path);
  std::ostringstream content;
  content << stream.rdbuf();
  const std::string text = content.str();
  const std::size_t begin = text.find_first_not_of("\r\n");
  if (begin == std::string::npos)
    return MakeStatus(absl::StatusCode::kInvalidArgument, path + " is empty");
  return text.substr(begin, text.find_last_not_of("\r\n") - begin + 1);
}

}  // namespace syncline
