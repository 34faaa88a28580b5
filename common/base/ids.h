// Identifiers: random ids made here (process ids, fences, page tokens' salt) and the shape check of
// ids from outside. Ids of rows are UUIDv7 and made in SQL, by the database's clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace syncline {

// A random UUID (version 4) in lower-case text, from the kernel's generator. Any thread.
std::string NewRandomUuid();

// `count` of them as their 16 bytes, one after the other, by one call to the kernel. Any thread.
std::string NewRandomUuidBytes(std::size_t count);
constexpr std::size_t kUuidBytes = 16;
// The lower-case text of a UUID's 16 bytes.
std::string UuidText(std::string_view bytes);

// The canonical lower-case form of a UUID in its 36-character text form; nullopt for anything else.
std::optional<std::string> ParseUuid(std::string_view text);

}  // namespace syncline
