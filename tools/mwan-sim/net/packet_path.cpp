// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/net/packet_path.hpp"

#include <cerrno>
#include <utility>

#include "tools/mwan-sim/net/dhcp_answer.hpp"
#include "tools/mwan-sim/net/packet.hpp"
#include "tools/mwan-sim/net/tun.hpp"

namespace mwan::sim {
namespace {

constexpr std::size_t kMostWaiting = 2000;  // packets each way
constexpr std::size_t kLargestPacket = 65536;
constexpr int kBatch = 64;  // packets read before other work gets its turn

bool same_network(const AddressPlan& plan, const IpAddress& address) {
  // An IPv6 host owns the whole prefix it was given (3GPP TS 23.401 section 5.3.1.2.2).
  if (address.family() == IpFamily::V6) return plan.address.contains(address);
  return plan.address.address == address;
}

}  // namespace

const char* fate_name(Fate fate) {
  switch (fate) {
    case Fate::Delivered:
      return "delivered";
    case Fate::Lost:
      return "lost";
    case Fate::NoSession:
      return "no_session";
    case Fate::WrongAddress:
      return "wrong_address";
    case Fate::TooBig:
      return "too_big";
    case Fate::NotIp:
      return "not_ip";
    case Fate::QueueFull:
      return "queue_full";
    case Fate::DeviceDown:
      return "device_down";
  }
  return "";
}

PacketPath::PacketPath(Loop& loop, Modem& modem, const PathSettings& settings,
                       std::function<void()> changed)
    : loop_(loop),
      modem_(modem),
      settings_(settings),
      changed_(std::move(changed)),
      random_(settings.seed) {
  uplink_.up = true;
}

Status PacketPath::open_host(const std::string& name) {
  auto tun = open_tun(name);
  if (!tun) return failed(tun.error());
  host_.fd = std::move(*tun);
  if (!uplink_stuck_) watch(host_, uplink_);
  return {};
}

void PacketPath::set_uplink_stuck(bool stuck) {
  uplink_stuck_ = stuck;
  if (stuck) {
    host_.readable.reset();
  } else if (host_.fd && !host_.readable.active()) {
    watch(host_, uplink_);
  }
}

void PacketPath::close_host() {
  host_.readable.reset();
  host_.fd.reset();
  uplink_.queue.clear();
  downlink_.queue.clear();
}

Status PacketPath::open_operator(const std::string& name, const std::string& netns) {
  auto tun = open_tun_in(name, netns);
  if (!tun) return failed(tun.error());
  operator_.fd = std::move(*tun);
  watch(operator_, downlink_);
  return {};
}

void PacketPath::watch(End& end, Direction& direction) {
  end.readable = loop_.watch(end.fd.get(), Loop::Readable,
                             [this, &end, &direction](unsigned) { receive(end, direction); });
}

void PacketPath::receive(End& end, Direction& direction) {
  std::array<std::uint8_t, kLargestPacket> buffer{};
  for (int i = 0; i < kBatch; ++i) {
    const ssize_t got = ::read(end.fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {  // somebody deleted the device
      end.readable.reset();
      return;
    }
    travel(direction, Bytes(buffer.begin(), buffer.begin() + got));
  }
}

// The radio is the host's end of the path: uplink packets cross it first, downlink packets last.
void PacketPath::travel(Direction& direction, Bytes packet) {
  if (direction.up && is_dhcp_request(packet)) {
    lease(packet);
    return;
  }
  if (direction.up) {
    const Fate fate = cross_radio(direction, packet);
    if (fate != Fate::Delivered) {
      count(direction, fate, packet);
      return;
    }
  }
  if (direction.queue.size() >= kMostWaiting) {
    count(direction, Fate::QueueFull, packet);
    return;
  }
  Duration delay = settings_.delay;
  if (settings_.jitter > Duration(0)) {
    std::uniform_int_distribution<Duration::rep> more(0, settings_.jitter.count());
    delay += Duration(more(random_));
  }
  Instant due = Loop::now() + delay;
  if (!direction.queue.empty()) due = std::max(due, direction.queue.back().due);  // keep the order
  direction.queue.push_back({due, std::move(packet)});
  if (direction.queue.size() == 1) arm(direction);
}

// By the modem itself: nothing of it crosses the radio, and nothing is counted.
void PacketPath::lease(const Bytes& packet) const {
  const BearerState* bearer = modem_.bearers().find(IpFamily::V4);
  const bool carried = deliver_ ? modem_.connected(IpFamily::V4) : modem_.carries(IpFamily::V4);
  if (bearer == nullptr || !carried) return;
  const auto answer = answer_dhcp(packet, bearer->plan, modem_.settings().mtu);
  if (answer) static_cast<void>(hand_over(downlink_, *answer));
}

void PacketPath::arm(Direction& direction) {
  if (direction.queue.empty()) return;
  const Duration wait = std::max(direction.queue.front().due - Loop::now(), Duration(0));
  direction.timer = loop_.after(wait, [this, &direction] { arrive(direction); });
}

void PacketPath::arrive(Direction& direction) {
  const Instant now = Loop::now();
  while (!direction.queue.empty() && direction.queue.front().due <= now) {
    const Bytes packet = std::move(direction.queue.front().packet);
    direction.queue.pop_front();
    Fate fate = direction.up ? Fate::Delivered : cross_radio(direction, packet);
    if (fate == Fate::Delivered) {
      if (!hand_over(direction, packet)) fate = Fate::DeviceDown;
    }
    count(direction, fate, packet);
  }
  arm(direction);
}

bool PacketPath::hand_over(const Direction& direction, const Bytes& packet) const {
  if (!direction.up && deliver_) return deliver_(packet);
  const End& end = direction.up ? operator_ : host_;
  return ::write(end.fd.get(), packet.data(), packet.size()) >= 0;
}

Fate PacketPath::cross_radio(const Direction& direction, const Bytes& packet) {
  const auto head = read_head(packet);
  if (!head) return Fate::NotIp;
  const BearerState* bearer = modem_.bearers().find(head->family);
  // A tun device has no Ethernet header, a modem on the bus sees to its own.
  const bool carried = deliver_ ? modem_.connected(head->family) : modem_.carries(head->family);
  if (bearer == nullptr || !carried) return Fate::NoSession;
  if (packet.size() > modem_.settings().mtu) return Fate::TooBig;
  if (!same_network(bearer->plan, direction.up ? head->source : head->destination)) {
    return Fate::WrongAddress;
  }
  const Radio& radio = modem_.radio();
  const double loss = loss_probability(radio.signal(radio.anchor()));
  if (loss > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < loss) return Fate::Lost;
  return Fate::Delivered;
}

void PacketPath::count(const Direction& direction, Fate fate, const Bytes& packet) {
  ++(direction.up ? books_.uplink : books_.downlink).at(static_cast<unsigned>(fate));
  const auto head = read_head(packet);
  if (BearerState* bearer = head ? modem_.bearers().find(head->family) : nullptr) {
    Traffic& traffic = bearer->traffic;
    const bool good = fate == Fate::Delivered;
    ++(direction.up ? (good ? traffic.tx_packets : traffic.tx_dropped)
                    : (good ? traffic.rx_packets : traffic.rx_dropped));
    if (good) (direction.up ? traffic.tx_bytes : traffic.rx_bytes) += packet.size();
  }
  changed_();
}

}  // namespace mwan::sim
