// The console: the files of its build, read once at the start and served from memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/http/message.h"

namespace syncline::gateway {

// Immutable; any thread.
class ConsoleFiles {
 public:
  // Every file below `directory`; empty: there is no console. INVALID_ARGUMENT, naming
  // SYNC_CONSOLE_DIR, when there is no index.html, or more than 64 MiB.
  static absl::StatusOr<ConsoleFiles> Load(const std::string& directory);

  // The file of the path. A path that names none and looks like no file's is a page of the console,
  // which finds its way by itself: index.html. Files below /assets/ have names that tell their
  // contents and are kept for good; others are asked for again. Without a console `/` says so.
  HttpResponse Answer(const HttpRequest& request) const;

 private:
  struct File {
    std::string content;
    std::string compressed;  // empty: not worth it
    std::string type;
    std::string etag;
    bool immutable = false;
  };

  ConsoleFiles() = default;
  static HttpResponse Serve(const HttpRequest& request, const File& file);

  std::map<std::string, File> files_;  // by their path, "assets/index-1a2b.js"
};

}  // namespace syncline::gateway
