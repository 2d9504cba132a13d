// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/process_events.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace mwan::failover::ipfire {

namespace {

constexpr std::size_t kEventAt = NLMSG_HDRLEN + sizeof(cn_msg);
// By number: later headers declare the enumeration outside of the structure.
constexpr std::uint32_t kNone = 0;  // PROC_EVENT_NONE
constexpr std::uint32_t kFork = 1;
constexpr std::uint32_t kExec = 2;
constexpr std::uint32_t kExit = 0x80000000;
constexpr int kRoom = 1 << 20;  // bytes of events that are not read yet
constexpr int kAtOnce = 256;    // events that are read before the loop gets its turn again

// What else it tells (users, names, sessions) is dropped by the kernel: only processes that begin,
// run another program or end, and the answers to ourselves, come through. A filter loads in network
// order, the event is in the host's.
constexpr std::uint32_t loaded(std::uint32_t value) {
  if constexpr (std::endian::native == std::endian::little) return __builtin_bswap32(value);
  return value;
}

bool set_filter(int fd) {
  std::array<sock_filter, 7> code{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kEventAt + offsetof(proc_event, what)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, loaded(kFork), 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, loaded(kExec), 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, loaded(kExit), 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, loaded(kNone), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog program{.len = code.size(), .filter = code.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

tl::unexpected<Error> refused(int error) {
  return failed(
      FailureClass::Permanent, "process events",
      std::string("the kernel does not tell which programs are started: ") + std::strerror(error));
}

}  // namespace

Result<std::unique_ptr<ProcessEvents>> ProcessEvents::open(Loop& loop, Calls calls) {
  UniqueFd socket(
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR));
  if (!socket) return refused(errno);
  if (!set_filter(socket.get())) return refused(errno);
  // More than the limit only for CAP_NET_ADMIN; with less, more may be lost, which is noticed.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kRoom, sizeof kRoom);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return refused(errno);
  }
  std::unique_ptr<ProcessEvents> out(new ProcessEvents(loop, std::move(socket), std::move(calls)));
  if (!out->join(true) || !out->ask(true)) return refused(errno);
  return out;
}

ProcessEvents::ProcessEvents(Loop& loop, UniqueFd socket, Calls calls)
    : socket_(std::move(socket)),
      calls_(std::move(calls)),
      watch_(loop.watch(socket_.get(), Loop::Readable, [this](unsigned) { readable(); })) {}

ProcessEvents::~ProcessEvents() { listen(false); }

void ProcessEvents::listen(bool on) {
  if (std::exchange(listening_, on) == on) return;
  // The kernel makes no events at all when nobody asked for them.
  static_cast<void>(join(on));
  static_cast<void>(ask(on));
}

bool ProcessEvents::join(bool listen) const {
  const int group = CN_IDX_PROC;
  return ::setsockopt(socket_.get(), SOL_NETLINK,
                      listen ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP, &group,
                      sizeof group) == 0;
}

bool ProcessEvents::ask(bool listen) const {
  struct {
    alignas(NLMSG_ALIGNTO) std::array<std::byte, kEventAt + sizeof(proc_cn_mcast_op)> bytes{};
  } request;
  nlmsghdr header{};
  header.nlmsg_len = request.bytes.size();
  header.nlmsg_type = NLMSG_DONE;
  cn_msg message{};
  message.id = {CN_IDX_PROC, CN_VAL_PROC};
  message.len = sizeof(proc_cn_mcast_op);
  const proc_cn_mcast_op op = listen ? PROC_CN_MCAST_LISTEN : PROC_CN_MCAST_IGNORE;
  std::memcpy(request.bytes.data(), &header, sizeof header);
  std::memcpy(request.bytes.data() + NLMSG_HDRLEN, &message, sizeof message);
  std::memcpy(request.bytes.data() + kEventAt, &op, sizeof op);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return ::sendto(socket_.get(), request.bytes.data(), request.bytes.size(), 0,
                  reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) >= 0;
}

void ProcessEvents::readable() const {
  for (int i = 0; i < kAtOnce; ++i) {
    alignas(NLMSG_ALIGNTO) std::array<char, 4096> buffer{};
    sockaddr_nl from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0 && errno == ENOBUFS) {
      calls_.lost();
      continue;
    }
    if (got < 0) return;
    if (from.nl_pid != 0) continue;  // another process, not the kernel
    if (static_cast<std::size_t>(got) < kEventAt + offsetof(proc_event, event_data)) continue;
    proc_event event{};
    std::memcpy(&event, buffer.data() + kEventAt,
                std::min(sizeof event, static_cast<std::size_t>(got) - kEventAt));
    const auto what = static_cast<std::uint32_t>(event.what);
    const auto& fork = event.event_data.fork;
    const auto& exit = event.event_data.exit;
    // Threads come and go as well.
    if (what == kFork && fork.child_pid == fork.child_tgid) {
      calls_.forked(fork.child_tgid, fork.parent_tgid);
    } else if (what == kExec) {
      calls_.started(event.event_data.exec.process_tgid);
    } else if (what == kExit && exit.process_pid == exit.process_tgid) {
      calls_.ended(exit.process_tgid);
    }
  }
}

}  // namespace mwan::failover::ipfire
