// What a program's ports prove themselves with: a certificate and its key, in two PEM files that
// are read again when they change. Files that are bad, or do not belong together, leave the pair as
// it was and are told in the log, once for each change.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/auth/watched_file.h"
#include "common/base/clock.h"
#include "common/crypto/secret.h"
#include "common/tls/certificate.h"

namespace syncline::tls {

// Any thread.
class ServerIdentity {
 public:
  // An error says in one line which setting's file is bad and why; the key is never shown. `clock`
  // outlives it.
  static absl::StatusOr<std::shared_ptr<ServerIdentity>> Open(const std::string& certificate_path,
                                                              const std::string& key_path,
                                                              const MonotonicClock* clock);

  // The pair as the files have it, a second old at most; another object when it is another pair.
  std::shared_ptr<const Certificate> Current();

 private:
  ServerIdentity(const std::string& certificate_path, const std::string& key_path,
                 const MonotonicClock* clock)
      : certificate_file_(certificate_path, clock), key_file_(key_path, clock) {}
  absl::Status Read();

  std::mutex mutex_;
  auth::WatchedFile certificate_file_;
  auth::WatchedFile key_file_;
  // As last read: the two files never change at the same instant.
  std::string chain_pem_;
  crypto::Secret key_pem_;
  std::shared_ptr<const Certificate> current_;
};

}  // namespace syncline::tls
