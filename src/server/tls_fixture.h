// Certificates made for a test, and a client that speaks TLS. For tests alone.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "server/tls.h"

namespace mbe {

/// Makes pairs of files in a folder that is gone with it.
class Certificates {
 public:
  Certificates() { std::filesystem::create_directories(folder_); }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  /// A certificate for `name` that signs itself, good from and until so many seconds from now.
  [[nodiscard]] TlsFiles make(const std::string& name, long from_s = -60, long until_s = 8'640'000,
                              const char* passphrase = nullptr, unsigned rsa_bits = 0) const {
    TlsFiles out{path(name + ".pem"), path(name + ".key")};
    EVP_PKEY* key = rsa_bits > 0 ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256");
    X509* own = X509_new();
    X509_set_version(own, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(own), 1);
    X509_gmtime_adj(X509_getm_notBefore(own), from_s);
    X509_gmtime_adj(X509_getm_notAfter(own), until_s);
    X509_set_pubkey(own, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(own), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(own, X509_get_subject_name(own));
    EXPECT_GT(X509_sign(own, key, EVP_sha256()), 0);
    FILE* file = std::fopen(out.certificate.c_str(), "w");
    PEM_write_X509(file, own);
    std::fclose(file);
    file = std::fopen(out.key.c_str(), "w");
    PEM_write_PrivateKey(file, key, passphrase == nullptr ? nullptr : EVP_aes_128_cbc(), nullptr, 0,
                         nullptr, const_cast<char*>(passphrase));
    std::fclose(file);
    std::filesystem::permissions(out.key, std::filesystem::perms(0600));
    X509_free(own);
    EVP_PKEY_free(key);
    return out;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("mbe-tls-" + std::to_string(::getpid()));
};

/// A client on a connection of its own; it trusts every certificate.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int version_min = TLS1_2_VERSION,
                     int version_max = TLS1_3_VERSION) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    // Old versions are refused by the server, not by our own caution.
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, version_min);
    SSL_CTX_set_max_proto_version(context_, version_max);
    ssl_ = SSL_new(context_);
    const unsigned char offered[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_, offered, sizeof offered - 1);
    SSL_set_fd(ssl_, socket_);
    connected_ = SSL_connect(ssl_) == 1;
    ERR_clear_error();
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::string version() const { return SSL_get_version(ssl_); }
  /// What was chosen of the protocols that it offers.
  [[nodiscard]] std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  /// The name in the server's certificate.
  [[nodiscard]] std::string peer() const {
    const std::unique_ptr<X509, decltype(&X509_free)> own(SSL_get1_peer_certificate(ssl_),
                                                          X509_free);
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(own.get()), NID_commonName, name, sizeof name);
    return name;
  }
  /// All of it is taken.
  void say(const std::string& bytes) const {
    EXPECT_EQ(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
  }
  /// All up to and with `end`, or to the end of the connection.
  std::string hear_until(const std::string& end) {
    char byte = 0;
    std::string out;
    while (!out.ends_with(end) && SSL_read(ssl_, &byte, 1) == 1) out += byte;
    return out;
  }
  /// Hears the rest. Whether the server said that it was all, rather than just going.
  bool ends_properly() {
    char byte = 0;
    int got = 1;
    while (got == 1) got = SSL_read(ssl_, &byte, 1);
    return SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  SSL_CTX* context_ = SSL_CTX_new(TLS_client_method());
  SSL* ssl_ = nullptr;
  bool connected_ = false;
};

}  // namespace mbe
