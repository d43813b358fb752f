#include "core/io/sockets.h"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr int waiting_to_be_accepted = 1024;
constexpr const char* any_port_for_a_route = "9";  // nothing is sent there

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// None for a host that is not known; failure says why.
Addresses find_addresses(const std::string& host, const std::string& port, int type, int* failure = nullptr) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = type;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (failure != nullptr) *failure = result;
  return {result == 0 ? found : nullptr, &::freeaddrinfo};
}

Addresses addresses_of(const std::string& host, const std::string& port, int type) {
  int failure = 0;
  Addresses found = find_addresses(host, port, type, &failure);
  if (found != nullptr) return found;
  throw Error(Kind::usage, text("host ", host, " is not known: ", ::gai_strerror(failure)),
              "name the machine of rank 0, or its address");
}

std::string message_of(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail_to_listen(const std::string& host, int port, int error) {
  const bool is_taken = error == EADDRINUSE;
  throw Error(
      Kind::usage,
      text("cannot listen at ", host, " port ", port, ": ",
           is_taken ? "the port is taken" : message_of(error)),
      is_taken ? "choose another port" : "rank 0 runs on the machine that the others are told to meet at");
}

}  // namespace

void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Descriptor listen_at(const std::string& host, int port) {
  const Addresses addresses = addresses_of(host, text(port), SOCK_STREAM);
  int error = 0;
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    Descriptor socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    const int on = 1;  // a run that goes on may find connections of the one before still closing
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.get(), one->ai_addr, one->ai_addrlen) == 0 &&
        ::listen(socket.get(), waiting_to_be_accepted) == 0) {
      return socket;
    }
    error = errno;
  }
  fail_to_listen(host, port, error);
}

int port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ASSAY_ASSERT(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

bool somebody_listens_at(const std::string& host, int port, double seconds) {
  const Addresses addresses = find_addresses(host, text(port), SOCK_STREAM);
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const int type = one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
    const Descriptor socket(::socket(one->ai_family, type, one->ai_protocol));
    if (::connect(socket.get(), one->ai_addr, one->ai_addrlen) == 0) return true;
    if (errno != EINPROGRESS) continue;
    pollfd waiting{socket.get(), POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    if (::poll(&waiting, 1, static_cast<int>(seconds * 1e3)) == 1 &&
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
      return true;
    }
  }
  return false;
}

// A datagram socket that is connected has the address from which it would send.
std::string address_towards(const std::string& host) {
  const Addresses addresses = addresses_of(host, any_port_for_a_route, SOCK_DGRAM);
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const Descriptor socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    if (::connect(socket.get(), one->ai_addr, one->ai_addrlen) != 0) continue;
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    auto* address = reinterpret_cast<sockaddr*>(&own);
    std::array<char, NI_MAXHOST> name{};
    if (::getsockname(socket.get(), address, &size) == 0 &&
        ::getnameinfo(address, size, name.data(), name.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      return name.data();
    }
  }
  throw Error(Kind::usage, text("host ", host, " cannot be reached from this machine"),
              "name the machine of rank 0, or its address");
}

}  // namespace assay
