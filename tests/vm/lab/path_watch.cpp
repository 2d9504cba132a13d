// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/path_watch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/vm/lab/in_front.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

// Set aside for documentation (RFC 5737): nobody has a route to it but the default one.
constexpr const char* kStranger = "203.0.113.200";

struct Question {
  nlmsghdr header{};
  rtmsg route{};
  rtattr attribute{};
  in_addr to{};
};

}  // namespace

Result<std::unique_ptr<PathWatch>> PathWatch::start() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) {
    return lab::system_failure("asking the kernel for routes");
  }
  std::unique_ptr<PathWatch> out(new PathWatch(std::move(socket)));
  if (auto done = put_in_front(out->thread_); !done) return failed(done.error());
  return out;
}

PathWatch::~PathWatch() {
  stop_ = true;
  thread_.join();
}

std::optional<int> PathWatch::device_index() const {
  Question question;
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = RTM_GETROUTE;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.route.rtm_family = AF_INET;
  question.route.rtm_dst_len = 32;
  question.attribute.rta_type = RTA_DST;
  question.attribute.rta_len = RTA_LENGTH(sizeof question.to);
  ::inet_pton(AF_INET, kStranger, &question.to);
  if (::send(socket_.get(), &question, sizeof question, 0) < 0) return std::nullopt;
  alignas(nlmsghdr) std::array<std::byte, 8192> answer{};
  const auto n = ::recv(socket_.get(), answer.data(), answer.size(), 0);
  if (n < 0) return std::nullopt;
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data());
  if (!NLMSG_OK(header, static_cast<unsigned>(n))) return std::nullopt;
  if (header->nlmsg_type != RTM_NEWROUTE) return 0;  // NLMSG_ERROR: unreachable
  const auto* route = static_cast<const rtmsg*>(NLMSG_DATA(header));
  auto left = static_cast<int>(RTM_PAYLOAD(header));
  for (const rtattr* at = RTM_RTA(route); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type != RTA_OIF) continue;
    int index = 0;
    std::memcpy(&index, RTA_DATA(at), sizeof index);
    return index;
  }
  return 0;
}

void PathWatch::watch() {
  std::optional<int> last;
  Duration cost{};
  while (!stop_) {
    // A tenth of the processor at most: on a busy host a question may take milliseconds, and all
    // the others wait for this thread.
    lab::sleep_for(std::max<Duration>(1ms, 9 * cost));
    const Instant asked = lab::now();
    const auto index = device_index();
    cost = lab::now() - asked;
    if (!index || index == last) continue;
    last = index;
    std::array<char, IF_NAMESIZE> name{};
    const bool known = ::if_indextoname(static_cast<unsigned>(*index), name.data()) != nullptr;
    const std::lock_guard lock(mutex_);
    changes_.push_back({lab::now(), known ? name.data() : ""});
  }
}

std::optional<Instant> PathWatch::moved(const std::string& name, Instant since) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(
      changes_, [&](const Change& change) { return change.time >= since && change.name == name; });
  return found == changes_.end() ? std::nullopt : std::optional(found->time);
}

}  // namespace mwan::vm
