// Identifiers: random ids made here (process ids, page tokens' salt) and the shape check of ids
// from outside. Ids of rows are UUIDv7 and made in SQL, by the database's clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncline {

// A random UUID (version 4) in lower-case text, from the kernel's generator. Any thread.
std::string NewRandomUuid();

// The canonical lower-case form of a UUID in its 36-character text form; nullopt for anything else.
std::optional<std::string> ParseUuid(std::string_view text);

}  // namespace syncline
