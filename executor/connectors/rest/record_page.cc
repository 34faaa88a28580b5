#include "executor/connectors/rest/record_page.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/connectors/json_pointer.h"

namespace syncline::executor {
namespace {

using connectors::JsonPointer;

constexpr size_t kMaxKeyBytes = 1000;
constexpr size_t kMaxReasons = 5;
constexpr size_t kMaxReasonBytes = 200;

std::string_view KindName(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBool:
      return "a boolean";
    case JsonKind::kNumber:
      return "a number";
    case JsonKind::kString:
      return "a string";
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
  }
  return "";
}

std::string_view DefectName(JsonDefect defect) {
  switch (defect) {
    case JsonDefect::kNone:
      break;
    case JsonDefect::kNul:
      return "holds the character NUL (\\u0000), which cannot be stored";
    case JsonDefect::kSurrogate:
      return "holds half a surrogate pair (\\ud800 to \\udfff), which is no character";
    case JsonDefect::kNumber:
      return "holds a number beyond e+-400 or of over 1,000 characters, which cannot be stored";
  }
  return "";
}

std::string NameOf(const JsonPointer& place) {
  return place.tokens().empty() ? "the whole record" : place.text();
}

// One for many records: OpenSSL's function for a single text looks the algorithm up each time,
// under a lock, which takes about as long as hashing a record.
class Hasher {
 public:
  RecordHash Hash(std::string_view data) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    // Fails for want of memory alone.
    if (EVP_DigestInit_ex(context_.get(), algorithm_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), data.data(), data.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), digest, nullptr) != 1) {
      throw std::bad_alloc();
    }
    RecordHash hash;
    std::copy_n(digest, hash.size(), hash.begin());
    return hash;
  }

 private:
  struct Free {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD, Free> algorithm_{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

// Not in the middle of a character, which PostgreSQL would refuse.
std::string CutToBytes(std::string text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  text.resize(most);
  return text;
}

class PageReader {
 public:
  PageReader(const JsonDocument& body, const connectors::Stream& stream,
             const RecordObserver& observe)
      : body_(body), stream_(stream), observe_(observe) {}

  Page Read(JsonIndex array) {
    const JsonIndex end = body_[array].end;
    for (JsonIndex item = array + 1; item < end; item = body_[item].end) ++page_.fetched;
    // Not moved while places_ points into them.
    page_.records.reserve(static_cast<size_t>(page_.fetched));
    places_.reserve(static_cast<size_t>(page_.fetched));
    size_t place = 0;
    for (JsonIndex item = array + 1; item < end; item = body_[item].end) {
      std::string why = Take(item);
      if (!why.empty()) Reject(place, std::move(why));
      ++place;
    }
    return std::move(page_);
  }

 private:
  void Reject(size_t place, std::string why) {
    ++page_.rejected;
    if (page_.reject_reasons.size() >= kMaxReasons) return;
    page_.reject_reasons.push_back(
        CutToBytes(fmt::format("record {}: {}", place, why), kMaxReasonBytes));
  }

  // Keeps a record; else says why not.
  std::string Take(JsonIndex item) {
    if (body_[item].kind != JsonKind::kObject) {
      return fmt::format("is {}, not an object", KindName(body_[item].kind));
    }
    Record record;
    if (std::string why = ReadKey(item, record.key); !why.empty()) return why;
    data_.clear();
    if (std::string why = ReadData(item, data_); !why.empty()) {
      std::string reason = "key ";
      AppendJsonString(record.key, reason);
      page_.rejected_keys.push_back(std::move(record.key));
      return reason + ": " + why;
    }
    record.data = data_;
    record.hash = hasher_.Hash(data_);
    observe_(item);
    const auto known = places_.find(record.key);
    if (known != places_.end()) {
      ++page_.duplicates;
      page_.records[known->second].hash = record.hash;
      page_.records[known->second].data = std::move(record.data);
      return "";
    }
    page_.records.push_back(std::move(record));
    places_.emplace(page_.records.back().key, page_.records.size() - 1);
    return "";
  }

  std::string ReadKey(JsonIndex item, std::string& key) const {
    const bool composite = stream_.key.size() > 1;
    for (const JsonPointer& place : stream_.key) {
      const auto found = body_.Find(place, item);
      if (!found) return fmt::format("has no key: {} is missing", NameOf(place));
      const JsonNode& node = body_[*found];
      if (node.kind != JsonKind::kString && node.kind != JsonKind::kNumber &&
          node.kind != JsonKind::kBool) {
        return fmt::format("has no key: {} is {}", NameOf(place), KindName(node.kind));
      }
      if (node.defect != JsonDefect::kNone) {
        return fmt::format("key {}: {}", NameOf(place), DefectName(node.defect));
      }
      if (!composite) {
        key = node.text();
      } else {
        key += key.empty() ? '[' : ',';
        AppendJsonString(node.text(), key);
      }
    }
    if (composite) key += ']';
    if (key.empty()) return "has an empty key";
    if (key.size() > kMaxKeyBytes) {
      return fmt::format("has a key of {} bytes, at most {} are allowed", key.size(), kMaxKeyBytes);
    }
    return "";
  }

  std::string ReadData(JsonIndex item, std::string& data) const {
    if (stream_.fields.empty()) return Append(item, data);
    for (const auto& [name, place] : stream_.fields) {
      data += data.empty() ? '{' : ',';
      AppendJsonString(name, data);
      data += ':';
      const auto found = body_.Find(place, item);
      if (!found) {
        data += "null";
      } else if (std::string why = Append(*found, data); !why.empty()) {
        return why;
      }
    }
    data += '}';
    return "";
  }

  std::string Append(JsonIndex index, std::string& data) const {
    const JsonDefect defect = body_.DefectIn(index);
    if (defect != JsonDefect::kNone) return std::string(DefectName(defect));
    AppendCanonicalJson(body_, index, data);
    return "";
  }

  const JsonDocument& body_;
  const connectors::Stream& stream_;
  const RecordObserver& observe_;
  Page page_;
  Hasher hasher_;
  std::string data_;  // of the record at hand; its room serves them all
  absl::flat_hash_map<std::string_view, size_t> places_;  // key → place in page_.records
};

}  // namespace

SyncResult<Page> ReadRecords(const JsonDocument& body, const connectors::Stream& stream,
                             const RecordObserver& observe) {
  const auto array = body.Find(stream.records);
  const std::string place =
      stream.records.tokens().empty() ? "the body" : stream.records.text() + " in the body";
  if (!array) {
    return SyncError{ErrorClass::kData,
                     fmt::format("{} is missing; 'records' must name the array of records", place),
                     0, std::nullopt};
  }
  if (body[*array].kind != JsonKind::kArray) {
    return SyncError{ErrorClass::kData,
                     fmt::format("{} is {}; 'records' must name the array of records", place,
                                 KindName(body[*array].kind)),
                     0, std::nullopt};
  }
  return PageReader(body, stream, observe).Read(*array);
}

}  // namespace syncline::executor
