// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/socket.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace mwan::netlink {
namespace {

constexpr int kDumpAttempts = 5;

const char* hint(int code) {
  switch (code) {
    case EPERM:
    case EACCES:
      return "it takes CAP_NET_ADMIN: run as root";
    case ENODEV:
      return "the network device is gone";
    case ENETDOWN:
      return "the network device is down";
    case ENETUNREACH:
    case EHOSTUNREACH:
      return "the gateway is not in a prefix of the device, or the device is down";
    case EAFNOSUPPORT:
    case EOPNOTSUPP:
      return "this kernel has it switched off or not built in";
    case ENOBUFS:
    case ENOMEM:
      return "the kernel is short of memory";
    default:
      return nullptr;
  }
}

KernelError error_of(nlmsghdr& header) {
  KernelError out;
  auto* error = static_cast<nlmsgerr*>(nlmsg_data(&header));
  out.code = -error->error;
  if ((header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return out;
  // After the error comes the request it answers, whole or (CAPPED) only its header; then TLVs.
  std::size_t fixed = sizeof(nlmsgerr);
  if ((header.nlmsg_flags & NLM_F_CAPPED) == 0) {
    fixed += NLMSG_ALIGN(error->msg.nlmsg_len) - sizeof(nlmsghdr);
  }
  const auto attributes = Attributes::of(header, fixed, NLMSGERR_ATTR_MAX);
  if (attributes) out.detail = attributes->string(NLMSGERR_ATTR_MSG);
  return out;
}

}  // namespace

std::string explain(const KernelError& error) {
  std::string out = std::strerror(error.code);
  if (!error.detail.empty()) out += " (" + error.detail + ")";
  if (const char* more = hint(error.code)) out += std::string(": ") + more;
  return out;
}

FailureClass failure_class(const KernelError& error) {
  switch (error.code) {
    case EPERM:
    case EACCES:
    case EINVAL:
    case EAFNOSUPPORT:
    case EOPNOTSUPP:
      return FailureClass::Permanent;
    case ENODEV:
    case ENXIO:
      return FailureClass::Gone;
    default:
      return FailureClass::Transient;
  }
}

void RequestSocket::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }

Result<RequestSocket> RequestSocket::open() {
  std::unique_ptr<nl_sock, Free> socket(nl_socket_alloc());
  const int error = socket ? nl_connect(socket.get(), NETLINK_ROUTE) : -NLE_NOMEM;
  if (error < 0) {
    return failed(FailureClass::Permanent, "rtnetlink socket", nl_geterror(error));
  }
  const int fd = nl_socket_get_fd(socket.get());
  const int on = 1;
  // Both are comforts of newer kernels: the reason in words, and dumps filtered by table.
  setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  const timeval limit{.tv_sec = 2, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return RequestSocket(std::move(socket));
}

tl::expected<unsigned, KernelError> RequestSocket::send(const Message& message) {
  nlmsg_hdr(message.get())->nlmsg_seq = NL_AUTO_SEQ;
  nlmsg_hdr(message.get())->nlmsg_pid = NL_AUTO_PORT;
  errno = 0;
  if (nl_send_auto(socket_.get(), message.get()) < 0) {
    return tl::unexpected(KernelError{errno != 0 ? errno : EIO, "request not sent"});
  }
  return message.header().nlmsg_seq;
}

Answer RequestSocket::receive(unsigned sequence, bool& interrupted,
                              const std::function<void(const nlmsghdr&)>& call) {
  while (true) {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int received = nl_recv(socket_.get(), &from, &buffer, nullptr);
    const std::unique_ptr<unsigned char, decltype(&std::free)> keep(buffer, &std::free);
    if (received == -NLE_AGAIN) return tl::unexpected(KernelError{ETIMEDOUT, "no answer"});
    if (received <= 0) return tl::unexpected(KernelError{EIO, nl_geterror(received)});
    if (from.nl_pid != 0) continue;  // not from the kernel
    int left = received;
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); nlmsg_ok(header, left) != 0;
         header = nlmsg_next(header, &left)) {
      if (header->nlmsg_seq != sequence) continue;  // of a request that was given up
      if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted = true;
      if (header->nlmsg_type == NLMSG_ERROR) {
        if (nlmsg_valid_hdr(header, sizeof(nlmsgerr)) == 0) {
          return tl::unexpected(KernelError{EBADMSG, "short acknowledgement"});
        }
        KernelError error = error_of(*header);
        if (error.code == 0) return {};
        return tl::unexpected(std::move(error));
      }
      if (header->nlmsg_type == NLMSG_DONE) {
        int code = 0;  // a dump that failed half way says so in its last message
        if (nlmsg_datalen(header) >= static_cast<int>(sizeof code)) {
          std::memcpy(&code, nlmsg_data(header), sizeof code);
        }
        if (code < 0) return tl::unexpected(KernelError{-code, {}});
        return {};
      }
      if (call && header->nlmsg_type >= NLMSG_MIN_TYPE) call(*header);
    }
  }
}

Answer RequestSocket::transact(const Message& message) {
  const auto sequence = send(message);
  if (!sequence) return tl::unexpected(sequence.error());
  bool interrupted = false;
  return receive(*sequence, interrupted, nullptr);
}

Answer RequestSocket::dump(const Message& message,
                           const std::function<void(const nlmsghdr&)>& call) {
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    // Kept until the dump is known to be consistent: the caller sees each object once.
    std::vector<std::vector<std::uint32_t>> objects;
    const auto sequence = send(message);
    if (!sequence) return tl::unexpected(sequence.error());
    bool interrupted = false;
    auto answer = receive(*sequence, interrupted, [&objects](const nlmsghdr& header) {
      auto& copy = objects.emplace_back((header.nlmsg_len + 3) / 4);
      std::memcpy(copy.data(), &header, header.nlmsg_len);
    });
    if (!answer) return answer;
    if (interrupted) continue;
    for (const auto& object : objects) call(*reinterpret_cast<const nlmsghdr*>(object.data()));
    return {};
  }
  return tl::unexpected(KernelError{EINTR, "the list kept changing while it was read"});
}

}  // namespace mwan::netlink
