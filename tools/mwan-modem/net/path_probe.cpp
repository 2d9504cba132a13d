// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/net/path_probe.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

#include "failover/probe/icmp_packet.hpp"
#include "tools/mwan-modem/net/bound_socket.hpp"
#include "tools/mwan-modem/net/dns_query.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;
using failover::Echo;
using failover::EchoRequest;

constexpr std::uint16_t kDnsPort = 53;
constexpr unsigned kDnsTries = 2;
constexpr std::size_t kPrecision = 8;

std::size_t ip_header(IpFamily family) { return family == IpFamily::V4 ? 20 : 40; }

// Zeros behind the request do not change its checksum (RFC 1071).
std::vector<std::uint8_t> padded_request(IpFamily family, const Echo& echo, std::size_t bytes) {
  const EchoRequest head = failover::encode_request(family, echo);
  std::vector<std::uint8_t> out(head.begin(), head.end());
  out.resize(std::max(bytes, ip_header(family) + out.size()) - ip_header(family));
  return out;
}

bool is_answer(IpFamily family, const std::vector<std::uint8_t>& message, const Echo& echo,
               std::size_t size) {
  if (message.size() != size) return false;
  const auto head = std::span(message).first(sizeof(EchoRequest));
  const auto reply = failover::parse_reply(family, head);
  return reply && *reply == echo;
}

template <class T>
T random_number() {
  std::random_device source;
  return static_cast<T>(std::uint64_t{source()} << 32U | source());
}

}  // namespace

Task<PingOutcome> ping(Loop& loop, Path path, PingPlan plan, Cancel cancel) {
  PingOutcome out;
  out.target = plan.target;
  const IpFamily family = plan.target.family();
  const auto& source = path.source(family);
  if (!source) {
    out.error = "the device has no address of this family";
    co_return out;
  }
  const auto socket = BoundSocket::open(BoundSocket::Kind::Echo, *source, path.netdev);
  if (!socket) {
    out.error = socket.error();
    co_return out;
  }
  const auto token = random_number<std::uint64_t>();
  for (unsigned i = 0; i < plan.count && !cancel.cancelled(); ++i) {
    const Echo echo{
        .id = socket->echo_id(), .sequence = static_cast<std::uint16_t>(i + 1), .token = token};
    const std::vector<std::uint8_t> request = padded_request(family, echo, plan.packet_bytes);
    const Instant sent = Loop::now();
    if (const int error = socket->send(plan.target, 0, request); error != 0) {
      out.error = std::strerror(error);
      co_return out;
    }
    ++out.sent;
    const Instant end = sent + plan.wait;
    while (Loop::now() < end && !cancel.cancelled()) {
      Task<std::optional<std::vector<std::uint8_t>>> receiving =
          socket->receive(loop, end - Loop::now(), cancel);
      const auto message = co_await receiving;
      if (!message) break;
      if (!is_answer(family, *message, echo, request.size())) continue;
      ++out.answered;
      out.rtt = Loop::now() - sent;
      co_return out;
    }
  }
  co_return out;
}

Task<std::optional<std::size_t>> largest_packet(Loop& loop, Path path, IpAddress target,
                                                std::size_t upper, Cancel cancel) {
  PingPlan plan;
  plan.target = target;
  plan.count = 2;
  std::size_t passes = target.family() == IpFamily::V4 ? 576 : 1280;
  // The whole size first: mostly it passes, and that is all.
  plan.packet_bytes = upper;
  Task<PingOutcome> whole = ping(loop, path, plan, cancel);
  const PingOutcome best = co_await whole;
  if (best.answered > 0) co_return upper;
  plan.packet_bytes = passes;
  Task<PingOutcome> least = ping(loop, path, plan, cancel);
  const PingOutcome worst = co_await least;
  if (worst.answered == 0) co_return std::nullopt;
  std::size_t fails = upper;
  while (fails > passes + kPrecision && !cancel.cancelled()) {
    plan.packet_bytes = (passes + fails) / 2;
    Task<PingOutcome> middle = ping(loop, path, plan, cancel);
    const PingOutcome one = co_await middle;
    (one.answered > 0 ? passes : fails) = plan.packet_bytes;
  }
  co_return passes;
}

Task<DnsOutcome> ask_dns(Loop& loop, Path path, IpAddress server, std::string name, Cancel cancel) {
  DnsOutcome out;
  out.server = server;
  const auto& source = path.source(server.family());
  if (!source) {
    out.error = "the device has no address of this family";
    co_return out;
  }
  const auto socket = BoundSocket::open(BoundSocket::Kind::Udp, *source, path.netdev);
  if (!socket) {
    out.error = socket.error();
    co_return out;
  }
  const std::vector<std::uint8_t> query = encode_dns_query(random_number<std::uint16_t>(), name);
  for (unsigned i = 0; i < kDnsTries && !cancel.cancelled(); ++i) {
    const Instant sent = Loop::now();
    if (const int error = socket->send(server, kDnsPort, query); error != 0) {
      out.error = std::strerror(error);
      co_return out;
    }
    const Instant end = sent + 1s;
    while (Loop::now() < end && !cancel.cancelled()) {
      Task<std::optional<std::vector<std::uint8_t>>> receiving =
          socket->receive(loop, end - Loop::now(), cancel);
      const auto message = co_await receiving;
      if (!message) break;
      const auto answer = parse_dns_answer(*message, query);
      if (!answer) continue;
      out.answered = true;
      out.code = dns_code_name(answer->code);
      out.rtt = Loop::now() - sent;
      co_return out;
    }
  }
  co_return out;
}

}  // namespace mwan::tool
