#include "migrations/migrations.h"

#include <charconv>

#include "syncline_migrations.h"

namespace syncline {

std::vector<postgres::Migration> AllMigrations() {
  std::vector<postgres::Migration> all;
  for (const migrations::EmbeddedFile& file : migrations::kAll) {
    int version = 0;
    std::from_chars(file.name.data(), file.name.data() + 4, version);
    all.push_back({version, file.name.substr(5), file.text});
  }
  return all;
}

}  // namespace syncline
