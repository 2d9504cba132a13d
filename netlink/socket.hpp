// SPDX-License-Identifier: LGPL-2.1-or-later
// One request, its answers: a synchronous NETLINK_ROUTE socket.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "hal/error.hpp"
#include "netlink/message.hpp"

struct nl_sock;

namespace mwan::netlink {

// Why the kernel refused: errno, and its own sentence where it gave one (extended ack).
struct KernelError {
  int code = 0;
  std::string detail;
};
// "Network is unreachable (Nexthop has invalid gateway): the gateway is not reachable ..."
std::string explain(const KernelError& error);
FailureClass failure_class(const KernelError& error);

using Answer = tl::expected<void, KernelError>;

// NOTE Threading: belongs to the network namespace of the thread that opened it; one request at a
// time. The kernel answers rtnetlink requests while it takes them, so this does not wait; should
// it ever, a request fails with ETIMEDOUT after two seconds.
class RequestSocket {
 public:
  static Result<RequestSocket> open();

  // Done when the kernel acknowledged.
  Answer transact(const Message& message);
  // call() for every object of a dump. EINTR when the list changed too often while it was read.
  Answer dump(const Message& message, const std::function<void(const nlmsghdr&)>& call);

 private:
  struct Free {
    void operator()(nl_sock* socket) const;
  };
  explicit RequestSocket(std::unique_ptr<nl_sock, Free> socket) : socket_(std::move(socket)) {}
  tl::expected<unsigned, KernelError> send(const Message& message);
  Answer receive(unsigned sequence, bool& interrupted,
                 const std::function<void(const nlmsghdr&)>& call);

  std::unique_ptr<nl_sock, Free> socket_;
};

}  // namespace mwan::netlink
