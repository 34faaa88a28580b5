#include "executor/connectors/rest/pass_cursor.h"

#include <nlohmann/json.hpp>

namespace syncline::executor {

using nlohmann::json;

std::string PassCursor::ToJson() const {
  json cursor = json::object();
  if (position) {
    if (position->token.empty()) {
      cursor["position"]["number"] = position->number;
    } else {
      cursor["position"]["token"] = position->token;
    }
  }
  if (watermark.order != ValueOrder::kUnknown) {
    cursor["order"] = ValueOrderName(watermark.order);
    if (!watermark.mark.empty()) cursor["mark"] = watermark.mark;
    if (watermark.high != watermark.mark) cursor["high"] = watermark.high;
  }
  return cursor.dump();
}

std::optional<PassCursor> PassCursor::FromJson(std::string_view text) {
  PassCursor cursor;
  // As a snapshot leaves it after each of its passes.
  if (text.empty() || text == "{}") return cursor;
  const json given = json::parse(text, nullptr, false);
  if (!given.is_object()) return std::nullopt;
  try {
    if (given.contains("position")) {
      const json& position = given.at("position");
      cursor.position = {position.value("number", int64_t{0}), position.value("token", "")};
    }
    const auto order = ParseValueOrder(given.value("order", "unknown"));
    if (!order) return std::nullopt;
    cursor.watermark.order = *order;
    cursor.watermark.mark = given.value("mark", "");
    cursor.watermark.high = given.value("high", cursor.watermark.mark);
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return cursor;
}

}  // namespace syncline::executor
