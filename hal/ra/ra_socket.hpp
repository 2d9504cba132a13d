// SPDX-License-Identifier: LGPL-2.1-or-later
// A socket that hears the router advertisements of one network device, and asks for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "hal/ra/router_advertisement.hpp"
#include "hal/unique_fd.hpp"

namespace mwan {

class RaSocket {
 public:
  // Needs CAP_NET_RAW. FailureClass::Permanent where the kernel has no IPv6, Gone without such a
  // device.
  static Result<RaSocket> open(const std::string& netdev);

  [[nodiscard]] int fd() const { return fd_.get(); }

  // To all routers of the link. 0, or the errno: EADDRNOTAVAIL or ENETUNREACH while the device
  // has no link-local address that may be used yet.
  [[nodiscard]] int solicit() const;

  struct Heard {
    RaOrigin origin;
    std::vector<std::uint8_t> message;
  };
  // One message; nothing when none waits. error is set to the errno when the socket is broken.
  [[nodiscard]] std::optional<Heard> receive(int& error) const;

 private:
  RaSocket(UniqueFd fd, std::uint32_t ifindex) : fd_(std::move(fd)), ifindex_(ifindex) {}

  UniqueFd fd_;
  std::uint32_t ifindex_;
};

}  // namespace mwan
