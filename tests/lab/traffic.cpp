// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/traffic.hpp"

#include <array>
#include <ctime>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"

namespace mwan::lab {

namespace {

constexpr std::uint16_t port = 5300;
constexpr Duration pace = std::chrono::milliseconds(10);

struct Packet {
  std::uint64_t magic = 0x6d77616e2d6c6162;  // not for strangers' packets
  std::uint64_t number = 0;
  // With the headers about what a voice call sends.
  std::array<std::uint8_t, 144> padding{};
};

sockaddr_in endpoint(std::uint32_t address, std::uint16_t number) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(number);
  made.sin_addr.s_addr = address;
  return made;
}

Result<UniqueFd> udp_socket(const NetNs& netns, const sockaddr_in& local) {
  UniqueFd fd;
  const Status made = netns.inside([&]() -> Status {
    const std::string where = netns.label() + ": opening a UDP socket";
    fd = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd) return system_failure(where);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
      return system_failure(where);
    }
    return {};
  });
  if (!made) return failed(made.error());
  return fd;
}

// The next of our packets, and who sent it; nothing within a tenth of a second.
std::optional<Packet> receive(int fd, sockaddr_in& from) {
  pollfd ready{fd, POLLIN, 0};
  if (::poll(&ready, 1, 100) <= 0) return std::nullopt;
  Packet packet;
  socklen_t length = sizeof from;
  const ssize_t n =
      ::recvfrom(fd, &packet, sizeof packet, 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (n != sizeof packet || packet.magic != Packet{}.magic) return std::nullopt;
  return packet;
}

void send(int fd, const Packet& packet, const sockaddr_in& to) {
  // A packet that the kernel refuses to send is one that never arrives: it is counted that way.
  const auto n =
      ::sendto(fd, &packet, sizeof packet, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  static_cast<void>(n);
}

void sleep_until(Instant time) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  const timespec t{since.count() / 1'000'000'000, since.count() % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr);
}

}  // namespace

Result<std::unique_ptr<Traffic>> Traffic::start(const NetNs& client_netns,
                                                const NetNs& server_netns,
                                                const std::string& address) {
  in_addr server{};
  if (::inet_pton(AF_INET, address.c_str(), &server) != 1) {
    return failed(FailureClass::Permanent, "traffic", address + " is not an IPv4 address");
  }
  auto client = udp_socket(client_netns, endpoint(INADDR_ANY, 0));
  if (!client) return failed(client.error());
  auto listener = udp_socket(server_netns, endpoint(server.s_addr, port));
  if (!listener) return failed(listener.error());
  return std::unique_ptr<Traffic>(
      new Traffic(std::move(*client), std::move(*listener), server.s_addr));
}

Traffic::Traffic(UniqueFd client, UniqueFd server, std::uint32_t address)
    : client_(std::move(client)), server_(std::move(server)) {
  threads_.emplace_back([this] { echo_packets(); });
  threads_.emplace_back([this] { read_answers(); });
  threads_.emplace_back([this, address] { send_packets(address); });
}

Traffic::~Traffic() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void Traffic::send_packets(std::uint32_t address) {
  const sockaddr_in to = endpoint(address, port);
  Packet packet;
  for (Instant due = now(); !stop_; due += pace, ++packet.number) {
    sleep_until(due);
    {
      const std::lock_guard lock(mutex_);
      records_.push_back({now(), {}, {}});
    }
    send(client_.get(), packet, to);
  }
}

void Traffic::echo_packets() {
  while (!stop_) {
    sockaddr_in from{};
    const auto packet = receive(server_.get(), from);
    if (!packet) continue;
    const Instant time = now();
    send(server_.get(), *packet, from);
    const std::lock_guard lock(mutex_);
    if (packet->number >= records_.size()) continue;
    auto& arrived = records_[packet->number].arrived;
    if (!arrived) arrived = time;
  }
}

void Traffic::read_answers() {
  while (!stop_) {
    sockaddr_in from{};
    const auto packet = receive(client_.get(), from);
    if (!packet) continue;
    const Instant time = now();
    const std::lock_guard lock(mutex_);
    if (packet->number >= records_.size()) continue;
    auto& answered = records_[packet->number].answered;
    if (!answered) answered = time;
  }
}

std::vector<PacketRecord> Traffic::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

PacketCount Traffic::count(Instant from, Instant to) const {
  const std::lock_guard lock(mutex_);
  return count_packets(records_, from, to);
}

}  // namespace mwan::lab
