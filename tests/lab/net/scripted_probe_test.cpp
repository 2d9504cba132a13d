// SPDX-License-Identifier: LGPL-2.1-or-later
// Which answers the prober believes: the test itself is the far end of a link.
#include <algorithm>

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "tests/lab/net/prober_lab.hpp"

namespace mwan::failover {
namespace {

// A link whose far end is the test itself: what it answers, and when, is chosen packet by packet.
class ScriptedLink {
 public:
  using Packet = std::vector<std::uint8_t>;

  explicit ScriptedLink(const std::string& name)
      : fd_(::open("/dev/net/tun", O_RDWR | O_NONBLOCK)) {
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    EXPECT_EQ(::ioctl(fd_.get(), TUNSETIFF, &request), 0);
  }
  // The next IPv4 packet that was sent into the link.
  Packet take() const {
    for (int i = 0; i < 1000; ++i) {
      Packet packet(2000);
      const auto size = ::read(fd_.get(), packet.data(), packet.size());
      if (size > 0 && packet[0] == 0x45) {
        packet.resize(static_cast<std::size_t>(size));
        return packet;
      }
      if (size < 0) ::usleep(1000);
    }
    ADD_FAILURE() << "nothing was sent";
    return Packet(36);
  }
  void give(const Packet& packet) const {
    EXPECT_EQ(::write(fd_.get(), packet.data(), packet.size()),
              static_cast<ssize_t>(packet.size()));
  }
  // What the host at the other end says to a request; change() makes it something else before the
  // checksum is made.
  static Packet reply_to(Packet packet, const std::function<void(Packet&)>& change = nullptr) {
    std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
    packet[20] = 0;
    if (change) change(packet);
    packet[22] = packet[23] = 0;
    unsigned sum = 0;
    for (std::size_t i = 20; i + 1 < packet.size(); i += 2) sum += packet[i] << 8U | packet[i + 1];
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    packet[22] = static_cast<std::uint8_t>(~sum >> 8U);
    packet[23] = static_cast<std::uint8_t>(~sum);
    // The checksum of the IPv4 header is the same with the addresses swapped.
    return packet;
  }

 private:
  UniqueFd fd_;
};

class ScriptedProbe : public ProberLab {
 protected:
  void SetUp() override {
    ProberLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    link_.emplace("wwan0");
    IpConfig config;
    config.v4 = {.address = *IpPrefix::parse("10.64.0.2/32"), .gateway = std::nullopt, .dns = {}};
    REQUIRE_OK(tables_->apply(LinkId{3}, "wwan0", config));
  }
  std::unique_ptr<RoundProber> scripted(Duration timeout) {
    return prober({.link = {.netdev = "wwan0",
                            .source_v4 = ip_address("10.64.0.2"),
                            .source_v6 = std::nullopt},
                   .targets = {echo_target(ip_address("198.51.100.1")),
                               echo_target(ip_address("198.51.100.2"))},
                   .quorum = 2,
                   .timeout = timeout});
  }
  bool reported() {
    return until(loop_, [this] { return !seen_.empty(); });
  }
  std::optional<ScriptedLink> link_;
};

TEST_F(ScriptedProbe, AnswersThatComeTooLateAreNotCounted) {
  const auto p = scripted(100ms);
  p->round();
  const auto first = link_->take();
  const auto second = link_->take();
  link_->give(ScriptedLink::reply_to(first));
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().answered, 1);
  EXPECT_FALSE(seen_.front().ok);
  // The next round gets what the one before was waiting for, and nothing else.
  seen_.clear();
  p->round();
  link_->give(ScriptedLink::reply_to(first));
  link_->give(ScriptedLink::reply_to(second));
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().answered, 0);
}

TEST_F(ScriptedProbe, ForeignAnswersAreNotCounted) {
  const auto p = scripted(200ms);
  p->round();
  const auto first = link_->take();
  using Packet = ScriptedLink::Packet;
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[24] ^= 1; }));     // another id
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[26] ^= 0x7f; }));  // sequence
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[35] ^= 1; }));     // another token
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[20] = 8; }));      // a request
  auto damaged = ScriptedLink::reply_to(first);
  damaged[23] ^= 1;
  link_->give(damaged);
  auto other_host = ScriptedLink::reply_to(first);
  // From 198.51.101.1: one half of the address grows by 0x0100 and the header's sum shrinks by it.
  other_host[14] += 1;
  other_host[10] -= 1;
  link_->give(other_host);
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().sent, 2);
  EXPECT_EQ(seen_.front().answered, 0);
}

TEST_F(ScriptedProbe, ASecondCopyOfAnAnswerIsNotCounted) {
  const auto p = scripted(200ms);
  p->round();
  const auto first = link_->take();
  link_->give(ScriptedLink::reply_to(first));
  link_->give(ScriptedLink::reply_to(first));
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().answered, 1);
  EXPECT_FALSE(seen_.front().ok);
}

TEST_F(ScriptedProbe, AnswersInAnyOrderMakeARoundGood) {
  const auto p = scripted(5s);
  p->round();
  const auto first = link_->take();
  const auto second = link_->take();
  link_->give(ScriptedLink::reply_to(second));
  link_->give(ScriptedLink::reply_to(first));
  ASSERT_TRUE(reported());
  EXPECT_TRUE(seen_.front().ok);
}

}  // namespace
}  // namespace mwan::failover
