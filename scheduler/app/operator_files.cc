#include "scheduler/app/operator_files.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "common/auth/bearer_token.h"
#include "common/auth/token_list.h"
#include "common/auth/watched_file.h"
#include "common/base/clock.h"
#include "common/config/secret_file.h"
#include "common/crypto/credential_cipher.h"
#include "common/tls/certificate.h"

namespace syncline::scheduler {
namespace {

using tls::Certificate;

constexpr std::string_view kPemBegin = "-----BEGIN ";

class Checker {
 public:
  explicit Checker(const std::string& folder) : folder_(folder) {}

  std::vector<std::string> Run() {
    std::error_code error;
    if (!std::filesystem::is_directory(folder_, error)) return {folder_ + ": expected a folder"};
    for (const char* name :
         {"database-password", "migrator-password", "scheduler-password", "executor-password"}) {
      CheckPassword(name);
    }
    CheckEncryptionKeys();
    CheckTokens();
    CheckAuthority("database-ca.crt");
    CheckAuthority("ca.crt");
    CheckAuthorityKey();
    for (const char* part : {"sync-scheduler", "sync-executor", "sync-gateway"}) CheckPair(part);
    return std::move(problems_);
  }

 private:
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  bool Given(const std::string& name) const {
    std::error_code error;
    return std::filesystem::exists(Path(name), error) &&
           !std::filesystem::is_empty(Path(name), error);
  }

  template <typename... Arguments>
  void Problem(const std::string& name, fmt::format_string<Arguments...> what,
               Arguments&&... arguments) {
    problems_.push_back(Path(name) + ": " +
                        fmt::format(what, std::forward<Arguments>(arguments)...));
  }
  // One that names the file itself.
  void Problem(const absl::Status& status) { problems_.emplace_back(status.message()); }

  // Nullopt when it is not given, or cannot be read, which is a problem.
  std::optional<std::string> Read(const std::string& name) {
    if (!Given(name)) return std::nullopt;
    auto text = auth::WatchedFile(Path(name), &clock_).ReadIfChanged();
    if (text.ok()) return *std::move(text);
    Problem(text.status());
    return std::nullopt;
  }

  void CheckPassword(const std::string& name) {
    if (!Given(name)) return;
    const auto password = ReadSecretFile(Path(name));
    if (!password.ok()) {
      Problem(password.status());
    } else if (std::any_of(password->begin(), password->end(), [](char c) {
                 return absl::ascii_iscntrl(static_cast<unsigned char>(c));
               })) {
      Problem(name, "expected the password alone, in one line without control characters");
    }
  }

  void CheckEncryptionKeys() {
    if (!Given("encryption-keys")) return;
    const auto keys = ReadSecretFile(Path("encryption-keys"));
    if (!keys.ok()) return Problem(keys.status());
    if (const auto cipher = crypto::CredentialCipher::Create(*keys); !cipher.ok()) {
      Problem("encryption-keys", "{}; expected one line id:base64,id:base64 with keys of 32 bytes",
              std::string(cipher.status().message()));
    }
  }

  // A token itself.
  std::optional<std::string> CheckToken(const std::string& name) {
    if (!Given(name)) return std::nullopt;
    const auto token = auth::BearerToken::Open(Path(name), &clock_);
    if (token.ok()) return std::string((*token)->Get().Reveal());
    Problem(token.status());
    return std::nullopt;
  }

  std::optional<auth::TokenList> CheckTokenList(const std::string& name, const std::string& text) {
    auto list = auth::TokenList::Parse(text);
    if (list.ok()) return *std::move(list);
    Problem(name, "{}", std::string(list.status().message()));
    return std::nullopt;
  }

  void CheckTokens() {
    const auto admin = CheckToken("admin.token");
    const auto gateway = CheckToken("gateway.token");
    const auto executor = CheckToken("executor.token");
    if (const auto text = Read("api-tokens"); text && CheckTokenList("api-tokens", *text)) {
      // As the schedulers get it.
      const auto lines = {*text,
                          auth::TokenLine("gateway", gateway.value_or(auth::NewToken())).value(),
                          auth::TokenLine("gateway-next", auth::NewToken()).value()};
      if (!auth::TokenList::Parse(absl::StrJoin(lines, "\n")).ok()) {
        Problem("api-tokens",
                "a line has the name gateway or gateway-next, or the token of gateway.token: those "
                "are added to it; take the line away or rename it");
      }
    } else if (admin && admin == gateway) {
      Problem("gateway.token", "expected another token than that of admin.token");
    }
    const auto text = Read("executor-tokens");
    const auto list = text ? CheckTokenList("executor-tokens", *text) : std::nullopt;
    if (executor && list && !list->NameOf(*executor)) {
      Problem("executor-tokens",
              "no line is that of executor.token, so executors would be refused; add "
              "name:sha256:<its SHA-256>");
    }
  }

  // Certificates that everybody gets who has to trust them.
  void CheckAuthority(const std::string& name) {
    const auto text = Read(name);
    if (!text) return;
    int certificates = 0;
    for (std::size_t at = text->find(kPemBegin); at != std::string::npos;) {
      const std::size_t next = text->find(kPemBegin, at + 1);
      const std::string_view block = std::string_view(*text).substr(at, next - at);
      const auto line = 1 + std::count(text->begin(), text->begin() + static_cast<long>(at), '\n');
      const std::string_view title = block.substr(0, block.find('\n'));
      if (title.find("PRIVATE KEY") != std::string_view::npos) {
        Problem(name, "line {}: a private key does not belong here, where every part gets it",
                line);
      } else if (title.find("CERTIFICATE-----") != std::string_view::npos) {
        ++certificates;
        if (tls::ParseCertificates(block).empty())
          Problem(name, "line {}: the certificate that begins here is broken", line);
      }
      at = next;
    }
    if (certificates == 0) {
      Problem(name, "expected certificates in PEM form, from -----BEGIN CERTIFICATE----- on");
    }
  }

  void CheckAuthorityKey() {
    if (!Given("ca.key")) return;
    if (!Given("ca.crt"))
      return Problem("ca.key", "ca.crt is missing, the certificate of this key");
    const auto authority = CheckKeyOf("ca.crt", "ca.key");
    if (authority != nullptr && X509_check_ca(authority->chain()[0].get()) == 0) {
      Problem("ca.crt",
              "the first certificate is that of a server; expected one of an authority "
              "(basicConstraints CA:TRUE)");
    }
  }

  void CheckPair(const std::string& part) {
    const std::string certificate = part + ".crt";
    const std::string key = part + ".key";
    if (!Given(certificate) && !Given(key)) return;
    if (!Given(key)) return Problem(certificate, "{} is missing, its private key", key);
    if (!Given(certificate)) return Problem(key, "{} is missing, its certificate", certificate);
    CheckKeyOf(certificate, key);
  }

  // Null with a problem.
  std::shared_ptr<const Certificate> CheckKeyOf(const std::string& name,
                                                const std::string& key_name) {
    const auto chain = Read(name);
    const auto key = Read(key_name);
    if (!chain || !key) return nullptr;
    Certificate::Problem problem = Certificate::Problem::kNone;
    auto certificate = Certificate::Parse(*chain, crypto::Secret(*key), &problem);
    switch (problem) {
      case Certificate::Problem::kNone:
        break;
      case Certificate::Problem::kNoCertificate:
        if (name != "ca.crt")  // which was told already
          Problem(name, "expected certificates in PEM form, the first one the part's own");
        break;
      case Certificate::Problem::kNoKey:
        Problem(key_name, "expected a private key in PEM form, not encrypted");
        break;
      case Certificate::Problem::kNotItsKey:
        Problem(key_name, "it is not the key of the first certificate in {}", name);
        break;
    }
    return certificate;
  }

  const std::string folder_;
  const SteadyClock clock_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> OperatorFileProblems(const std::string& folder) {
  return Checker(folder).Run();
}

int CheckOperatorFiles(const std::string& folder) {
  const std::vector<std::string> problems = OperatorFileProblems(folder);
  for (const std::string& problem : problems) fmt::print(stderr, "{}\n", problem);
  return problems.empty() ? 0 : 2;
}

}  // namespace syncline::scheduler
