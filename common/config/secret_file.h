// A file that holds one secret, as whoever writes it by hand or by `echo` leaves it.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace syncline {

// The text without the line ends around it. An error names the file in one line: NOT_FOUND when it
// cannot be read, INVALID_ARGUMENT when nothing stands there.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

}  // namespace syncline
