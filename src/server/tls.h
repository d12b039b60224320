// The certificate and key with which the server speaks TLS: read, checked and ready to use, or
// refused with the file and the next step. TLS 1.2 and 1.3 alone. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace mbe {

struct TlsFiles {
  std::string certificate;  ///< PEM: the server's own first, then those that vouch for it
  std::string key;          ///< PEM, without a passphrase

  [[nodiscard]] bool empty() const { return certificate.empty() && key.empty(); }
};

class TlsIdentity {
 public:
  /// Errors: invalid_argument (one file without the other, not PEM, a key with a passphrase, a key
  /// of another certificate, too weak), io (a file cannot be read).
  [[nodiscard]] static Result<std::shared_ptr<const TlsIdentity>> load(const TlsFiles& files);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  /// The last moment at which the certificate holds.
  [[nodiscard]] TimeMs valid_until() const { return valid_until_; }
  /// What does not keep it from serving, but from being trusted at `now`: it has ended, ends within
  /// warn_days, or has not begun; or others may read the key.
  [[nodiscard]] std::vector<Message> warnings(TimeMs now) const;
  /// For the server's connections; lives as long as this.
  [[nodiscard]] ssl_ctx_st* context() const { return context_; }

  static constexpr int warn_days = 14;

 private:
  TlsIdentity(TlsFiles files, ssl_ctx_st* context) : files_(std::move(files)), context_(context) {}
  Result<void> take();

  TlsFiles files_;
  ssl_ctx_st* context_;
  TimeMs valid_from_ = 0, valid_until_ = 0;
};

}  // namespace mbe
