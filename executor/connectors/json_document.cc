#include "executor/connectors/json_document.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "executor/connectors/json_text.h"

namespace syncline::executor {
namespace ondemand = simdjson::ondemand;

namespace {

constexpr int kMaxDepth = 64;
constexpr size_t kMaxNodes = 2'000'000;
constexpr size_t kFirstNodes = 100'000;        // room made at once, where the text is long enough
constexpr size_t kKeptRoom = size_t{1} << 20;  // texts beyond it are parsed with room of their own
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view TrimmedRight(std::string_view token) {
  const size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last + 1);
}

}  // namespace

// Walks the document depth first. Each step returns null, or what is wrong as a phrase after "the
// body …".
class DocumentBuilder {
 public:
  explicit DocumentBuilder(std::string_view text) : size_(text.size()) {
    const size_t padded = text.size() + simdjson::SIMDJSON_PADDING;
    document_.source_ = std::make_unique_for_overwrite<char[]>(padded);
    std::memcpy(document_.source_.get(), text.data(), text.size());
    std::memset(document_.source_.get() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    document_.nodes_.reserve(std::min(text.size() / 12, kFirstNodes));
  }

  const char* Build() {
    // Room of several times the size of the text: got from the kernel and given back for each page,
    // it took longer than all the rest.
    thread_local ondemand::parser kept;
    ondemand::parser once;
    ondemand::parser& parser = size_ <= kKeptRoom ? kept : once;
    ondemand::document root;
    const auto error =
        parser.iterate(document_.source_.get(), size_, size_ + simdjson::SIMDJSON_PADDING)
            .get(root);
    if (error == simdjson::EMPTY) return "is empty";
    if (error == simdjson::UTF8_ERROR) return "is not valid UTF-8";
    ondemand::json_type type;
    if (error || root.type().get(type)) return "is not JSON";
    const char* wrong = nullptr;
    if (type == ondemand::json_type::array) {
      ondemand::array array;
      if (root.get_array().get(array)) return kBroken;
      wrong = AddArray(array, 1);
    } else if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (root.get_object().get(object)) return kBroken;
      wrong = AddObject(object, 1);
    } else {
      return "is neither a JSON object nor a JSON array";
    }
    if (wrong != nullptr) return wrong;
    // Past the last token there is no location.
    if (root.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return "goes on after the end of its JSON";
    }
    return nullptr;
  }

  JsonDocument Take() { return std::move(document_); }

 private:
  static constexpr const char* kBroken = "begins like JSON but is not well-formed, as if cut off";

  const char* AddArray(ondemand::array& array, int depth) {
    const size_t self = Open(JsonKind::kArray);
    for (auto element : array) {
      ondemand::value value;
      if (element.get(value)) return kBroken;
      if (const char* wrong = AddValue(value, depth)) return wrong;
    }
    return Close(self);
  }

  const char* AddObject(ondemand::object& object, int depth) {
    const size_t self = Open(JsonKind::kObject);
    for (auto member : object) {
      ondemand::field field;
      if (std::move(member).get(field)) return kBroken;
      if (const char* wrong = AddString(field.key())) return wrong;
      if (const char* wrong = AddValue(field.value(), depth)) return wrong;
    }
    return Close(self);
  }

  const char* AddValue(ondemand::value& value, int depth) {
    if (document_.nodes_.size() >= kMaxNodes) return "holds over 2,000,000 JSON values";
    ondemand::json_type type;
    if (value.type().get(type)) return kBroken;
    switch (type) {
      case ondemand::json_type::array: {
        ondemand::array array;
        if (depth == kMaxDepth) return kTooDeep;
        return value.get_array().get(array) ? kBroken : AddArray(array, depth + 1);
      }
      case ondemand::json_type::object: {
        ondemand::object object;
        if (depth == kMaxDepth) return kTooDeep;
        return value.get_object().get(object) ? kBroken : AddObject(object, depth + 1);
      }
      case ondemand::json_type::string: {
        ondemand::raw_json_string raw;
        return value.get_raw_json_string().get(raw) ? kBroken : AddString(raw);
      }
      case ondemand::json_type::number: {
        const std::string_view token = TrimmedRight(value.raw_json_token());
        if (!IsJsonNumber(token)) return kBroken;
        return AddLeaf(JsonKind::kNumber, token,
                       IsStorableNumber(token) ? JsonDefect::kNone : JsonDefect::kNumber);
      }
      case ondemand::json_type::boolean: {
        const std::string_view token = TrimmedRight(value.raw_json_token());
        if (token != "true" && token != "false") return kBroken;
        return AddLeaf(JsonKind::kBool, token, JsonDefect::kNone);
      }
      case ondemand::json_type::null: {
        const std::string_view token = TrimmedRight(value.raw_json_token());
        if (token != "null") return kBroken;
        return AddLeaf(JsonKind::kNull, token, JsonDefect::kNone);
      }
    }
    return kBroken;
  }

  // simdjson has made sure that the string is closed and holds no control characters.
  const char* AddString(ondemand::raw_json_string raw) {
    const char* begin = raw.raw();
    const size_t left = static_cast<size_t>(document_.source_.get() + size_ - begin);
    const char* quote = static_cast<const char*>(std::memchr(begin, '"', left));
    if (quote == nullptr) return kBroken;
    const auto length = static_cast<size_t>(quote - begin);
    if (std::memchr(begin, '\\', length) == nullptr) {
      AddLeaf(JsonKind::kString, {begin, length}, JsonDefect::kNone);
      document_.nodes_.back().plain = true;
      return nullptr;
    }
    // Unescaping never makes text longer, so that all of it fits into the size of the source.
    if (document_.unescaped_ == nullptr) {
      document_.unescaped_ = std::make_unique_for_overwrite<char[]>(size_);
      write_ = document_.unescaped_.get();
    }
    JsonDefect defect = JsonDefect::kNone;
    const char* start = write_;
    write_ = UnescapeJsonString({begin, left}, write_, defect);
    if (write_ == nullptr) return kBroken;
    return AddLeaf(JsonKind::kString, {start, static_cast<size_t>(write_ - start)}, defect);
  }

  const char* AddLeaf(JsonKind kind, std::string_view text, JsonDefect defect) {
    auto& nodes = document_.nodes_;
    const auto end = static_cast<uint32_t>(nodes.size() + 1);
    nodes.push_back({text.data(), static_cast<uint32_t>(text.size()), end, kind, defect, false});
    document_.has_defects_ |= defect != JsonDefect::kNone;
    return nullptr;
  }

  size_t Open(JsonKind kind) {
    document_.nodes_.push_back({"", 0, 0, kind, JsonDefect::kNone, false});
    return document_.nodes_.size() - 1;
  }

  const char* Close(size_t self) {
    document_.nodes_[self].end = static_cast<uint32_t>(document_.nodes_.size());
    return nullptr;
  }

  static constexpr const char* kTooDeep = "is nested over 64 levels deep";

  JsonDocument document_;
  size_t size_;
  char* write_ = nullptr;  // next free byte of document_.unescaped_
};

absl::StatusOr<JsonDocument> JsonDocument::Parse(std::string_view text) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  DocumentBuilder builder(text);
  if (const char* wrong = builder.Build()) return absl::InvalidArgumentError(wrong);
  return builder.Take();
}

std::optional<JsonIndex> JsonDocument::Find(const connectors::JsonPointer& pointer,
                                            JsonIndex from) const {
  JsonIndex at = from;
  for (const std::string& token : pointer.tokens()) {
    const JsonNode& parent = nodes_[at];
    std::optional<JsonIndex> found;
    if (parent.kind == JsonKind::kObject) {
      for (JsonIndex name = at + 1; name < parent.end; name = nodes_[name + 1].end) {
        if (nodes_[name].text() == token) found = name + 1;
      }
    } else if (parent.kind == JsonKind::kArray) {
      std::optional<size_t> place = connectors::ArrayIndex(token);
      for (JsonIndex item = at + 1; place && item < parent.end; item = nodes_[item].end) {
        if ((*place)-- == 0) {
          found = item;
          break;
        }
      }
    }
    if (!found) return std::nullopt;
    at = *found;
  }
  return at;
}

JsonDefect JsonDocument::DefectIn(JsonIndex index) const {
  if (!has_defects_) return JsonDefect::kNone;
  for (JsonIndex i = index; i < nodes_[index].end; ++i) {
    if (nodes_[i].defect != JsonDefect::kNone) return nodes_[i].defect;
  }
  return JsonDefect::kNone;
}

}  // namespace syncline::executor
