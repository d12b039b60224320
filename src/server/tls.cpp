#include "server/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/datetime.h"

namespace mbe {

namespace {

constexpr std::size_t file_bytes_max = 1'048'576;
constexpr std::size_t chain_max = 10;
constexpr TimeMs day_ms = 86'400'000;
/// Of TLS 1.2: keys that are not kept, and ciphers that cannot be altered unseen. 1.3 has no
/// others.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* one) const { release(one); }
};
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Input = std::unique_ptr<BIO, Release<BIO, BIO_free_all>>;

/// Why OpenSSL refused; forgets all it has noted.
std::string reason() {
  const unsigned long first = ERR_peek_error();
  const char* text = ERR_reason_error_string(first);
  ERR_clear_error();
  return text == nullptr ? "unknown" : text;
}

/// Follows links: certificates that renew themselves are behind some.
Result<std::string> read_pem(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  in.peek();  // a folder can be opened, but not read
  if (in.fail()) return fail(ErrorCode::io, "cannot read {}: {}", path, std::strerror(errno));
  std::string out(file_bytes_max + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  if (out.size() <= file_bytes_max) return out;
  return fail(ErrorCode::invalid_argument, "{} is larger than {} bytes: that is no certificate",
              path, file_bytes_max);
}

Input input_of(const std::string& pem) {
  return Input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// Asked for the passphrase of a key; notes that it was.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

TimeMs time_of(const ASN1_TIME* time) {
  constexpr int seconds_a_day = 86'400;
  const std::unique_ptr<ASN1_TIME, Release<ASN1_TIME, ASN1_TIME_free>> epoch(
      ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return 0;
  return (TimeMs{days} * seconds_a_day + seconds) * 1'000;
}

/// HTTP/1.1 is what is spoken here; a client that names only others is left to find out.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, offered, size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void set_up(SSL_CTX* context) {
  constexpr unsigned char name[] = "mbe";
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, ciphers);
  // An end without notice is common; what needs its length said has it said.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

Result<Key> read_key(const std::string& path) {
  MBE_ASSIGN(const std::string pem, read_pem(path));
  bool asked = false;
  Key key(PEM_read_bio_PrivateKey(input_of(pem).get(), nullptr, no_passphrase, &asked));
  if (key) return key;
  const std::string why = reason();
  if (asked) {
    return fail(ErrorCode::invalid_argument,
                "the key in {} has a passphrase: give one without, readable by this user alone",
                path);
  }
  return fail(ErrorCode::invalid_argument, "there is no key in PEM form in {}: {}", path, why);
}

}  // namespace

TlsIdentity::~TlsIdentity() {
  SSL_CTX_free(context_);
}

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::load(const TlsFiles& files) {
  if (files.certificate.empty() || files.key.empty()) {
    return fail(ErrorCode::invalid_argument,
                "TLS needs both a certificate and its key: --tls-cert FILE --tls-key FILE");
  }
  ERR_clear_error();
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return fail(ErrorCode::unavailable, "no TLS here: {}", reason());
  set_up(context);
  const std::shared_ptr<TlsIdentity> out(new TlsIdentity(files, context));
  MBE_TRY(out->take());
  return std::shared_ptr<const TlsIdentity>(out);
}

Result<void> TlsIdentity::take() {
  MBE_ASSIGN(const std::string pem, read_pem(files_.certificate));
  const Input input = input_of(pem);
  const Certificate own(PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr));
  if (!own) {
    return fail(ErrorCode::invalid_argument, "there is no certificate in PEM form in {}: {}",
                files_.certificate, reason());
  }
  valid_from_ = time_of(X509_get0_notBefore(own.get()));
  valid_until_ = time_of(X509_get0_notAfter(own.get()));
  if (SSL_CTX_use_certificate(context_, own.get()) != 1) {
    return fail(ErrorCode::invalid_argument, "the certificate in {} cannot be used: {}",
                files_.certificate, reason());
  }
  for (std::size_t i = 0; i < chain_max; ++i) {
    Certificate next(PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    if (SSL_CTX_add0_chain_cert(context_, next.get()) == 1) static_cast<void>(next.release());
  }
  ERR_clear_error();  // the end of the file is one
  MBE_ASSIGN(const Key key, read_key(files_.key));
  if (X509_check_private_key(own.get(), key.get()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::invalid_argument,
                "the key in {} is not that of the certificate in {}: give the pair that was made "
                "together",
                files_.key, files_.certificate);
  }
  if (SSL_CTX_use_PrivateKey(context_, key.get()) == 1) return {};
  return fail(ErrorCode::invalid_argument, "the key in {} cannot be used: {}", files_.key,
              reason());
}

std::vector<Message> TlsIdentity::warnings(TimeMs now) const {
  std::vector<Message> out;
  const std::string until = format_time(valid_until_);
  if (now < valid_from_) {
    out.push_back(note("the certificate in {} holds from {} on: browsers refuse it until then",
                       files_.certificate, format_time(valid_from_)));
  } else if (now > valid_until_) {
    out.push_back(note("the certificate in {} ended at {}: browsers refuse it; renew it",
                       files_.certificate, until));
  } else if (valid_until_ - now < warn_days * day_ms) {
    out.push_back(note("the certificate in {} ends at {}: renew it", files_.certificate, until));
  }
  struct stat status{};
  if (::stat(files_.key.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    out.push_back(note("others may read {}; `chmod 600` keeps them out", files_.key));
  }
  return out;
}

}  // namespace mbe
