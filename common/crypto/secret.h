// A value that must not be shown: a credential, a key. It cannot be streamed, formatted, turned
// into JSON or compared by accident; whoever needs the value calls Reveal(), which is easy to find
// in a review. The memory is overwritten when the value goes away.
#pragma once

#include <openssl/crypto.h>

#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::crypto {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view value) : bytes_(value.begin(), value.end()) {}
  ~Secret() { Clear(); }

  Secret(const Secret&) = default;
  // A vector hands over its buffer, so nothing stays behind in the moved-from value (a short
  // std::string would leave its bytes there).
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  Secret& operator=(Secret other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }

  // The value itself. Lives as long as this object is not changed. Do not copy it into anything
  // that may be logged or stored.
  std::string_view Reveal() const { return {bytes_.data(), bytes_.size()}; }
  bool empty() const { return bytes_.empty(); }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;
  template <typename Json>
  friend void to_json(Json&, const Secret&) = delete;
  // GoogleTest shows the bytes of what it cannot print; this keeps it from doing so.
  friend void PrintTo(const Secret&, std::ostream* out) { *out << "(secret)"; }

 private:
  void Clear() {
    if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
    bytes_.clear();
  }

  std::vector<char> bytes_;
};

}  // namespace syncline::crypto
