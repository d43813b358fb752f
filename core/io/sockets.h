// Where processes meet: sockets that listen, on one address of this machine alone.
//
//   const Descriptor socket = listen_at("127.0.0.1", 0);   // any free port
//   const int port = port_of(socket.get());
#pragma once

#include <string>
#include <utility>

namespace assay {

/// An open file of the system, closed when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  bool is_open() const { return number_ >= 0; }
  int get() const { return number_; }
  /// The caller closes it from here on.
  int release() { return std::exchange(number_, -1); }
  void close();

 private:
  int number_ = -1;
};

/// Listens at this address of this machine and at no other; port 0: one that is free. A program that is
/// started does not inherit it. Throws Kind::usage, saying whether the port is taken, the host unknown or the
/// address not of this machine.
Descriptor listen_at(const std::string& host, int port);

/// The port that a listening socket has.
int port_of(int socket);

/// Whether somebody listens there: tries so long at most. A host that is not known is nobody.
bool somebody_listens_at(const std::string& host, int port, double seconds);

/// The address of this machine that another one sees it by, if it is at `host`: 127.0.0.1 for the loopback.
/// Sends nothing. Throws Kind::usage for a host that is not known or cannot be reached.
std::string address_towards(const std::string& host);

}  // namespace assay
