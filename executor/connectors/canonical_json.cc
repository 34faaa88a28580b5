#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "executor/connectors/json_document.h"

namespace syncline::executor {
namespace {

using Member = std::pair<std::string_view, JsonIndex>;  // name, value

// The order that PostgreSQL's jsonb keeps members in: it spares it sorting them.
bool Before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

void AppendString(const JsonNode& node, std::string& out) {
  if (!node.plain) return AppendJsonString(node.text(), out);
  out += '"';
  out += node.text();
  out += '"';
}

void AppendObject(const JsonDocument& document, JsonIndex index, std::string& out) {
  absl::InlinedVector<Member, 32> members;
  bool sorted = true;
  const JsonIndex end = document[index].end;
  for (JsonIndex name = index + 1; name < end; name = document[name + 1].end) {
    sorted &= members.empty() || Before(members.back().first, document[name].text());
    members.emplace_back(document[name].text(), name + 1);
  }
  if (!sorted) {
    std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return a.first == b.first ? a.second < b.second : Before(a.first, b.first);
    });
  }
  out += '{';
  for (size_t i = 0; i < members.size(); ++i) {
    // Of a name given twice the last one counts.
    if (i + 1 < members.size() && members[i + 1].first == members[i].first) continue;
    if (out.back() != '{') out += ',';
    AppendString(document[members[i].second - 1], out);
    out += ':';
    AppendCanonicalJson(document, members[i].second, out);
  }
  out += '}';
}

}  // namespace

// The depth of a document is bounded when it is parsed, and with it the depth of this recursion.
void AppendCanonicalJson(const JsonDocument& document, JsonIndex index, std::string& out) {
  const JsonNode& node = document[index];
  switch (node.kind) {
    case JsonKind::kObject:
      AppendObject(document, index, out);
      return;
    case JsonKind::kArray:
      out += '[';
      for (JsonIndex item = index + 1; item < node.end; item = document[item].end) {
        if (item > index + 1) out += ',';
        AppendCanonicalJson(document, item, out);
      }
      out += ']';
      return;
    case JsonKind::kString:
      AppendString(node, out);
      return;
    default:
      out += node.text();
  }
}

void AppendJsonString(std::string_view text, std::string& out) {
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= ' ' && byte != '"' && byte != '\\') continue;
    out.append(text, copied, i - copied);
    copied = i + 1;
    const size_t letter = kShort.find(text[i]);
    if (letter != std::string_view::npos) {
      out += {'\\', kLetters[letter]};
    } else {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  out.append(text, copied, text.size() - copied);
  out += '"';
}

}  // namespace syncline::executor
