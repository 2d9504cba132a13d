// SPDX-License-Identifier: LGPL-2.1-or-later
// Packets through the simulated modem: only in a session, only with its address, and lost as the
// radio says.
#include <array>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "tests/lab/sim/sim_lab.hpp"

namespace mwan::lab {
namespace {

constexpr std::uint16_t kPort = 4711;

sockaddr_in address_of(const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  ::inet_pton(AF_INET, text, &address.sin_addr);
  return address;
}

class Packets : public SimLab {
 protected:
  // The host's address is on the loopback as well, so that a wrong one can be used as a source.
  void connect() {
    EXPECT_THAT(qmicli({"--wda-set-data-format=raw-ip"}), testing::HasSubstr("raw-ip"));
    ASSERT_TRUE(eventually([this] { return registered(); }));
    ASSERT_NO_FATAL_FAILURE(start_network("4"));
    for (const char* command :
         {"addr add 10.64.0.2/32 dev wwan0", "addr add 10.99.0.9/32 dev wwan0", "link set wwan0 up",
          "route add default dev wwan0 src 10.64.0.2"}) {
      REQUIRE_OK(ip(*router_, command));
    }
    for (const char* command :
         {"addr add 198.51.100.7/32 dev lte0", "link set lte0 up", "route add default dev lte0"}) {
      REQUIRE_OK(ip(*operator_, command));
    }
  }
  // Sends datagrams across and tells how many came within the limit.
  int cross(const NetNs& from, const char* source, const NetNs& to, const char* destination,
            int count, Duration limit = std::chrono::seconds(2)) {
    UniqueFd sender;
    UniqueFd receiver;
    const auto open = [](const NetNs& netns, const char* address, UniqueFd& fd) {
      return netns.inside([&]() -> Status {
        fd = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const sockaddr_in local = address_of(address);
        if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
          return failed(FailureClass::Permanent, address, std::strerror(errno));
        }
        return {};
      });
    };
    const auto sending = open(from, source, sender);
    const auto receiving = open(to, destination, receiver);
    EXPECT_TRUE(sending && receiving);
    if (!sending || !receiving) return -1;
    const sockaddr_in target = address_of(destination);
    constexpr useconds_t kGap = 2000;
    int got = 0;
    // All along, so that the socket's buffer does not decide.
    const auto collect = [&] {
      std::array<char, 64> buffer{};
      while (::recv(receiver.get(), buffer.data(), buffer.size(), 0) > 0) ++got;
      return got == count;
    };
    for (int i = 0; i < count; ++i) {
      const char byte = 'x';
      ::sendto(sender.get(), &byte, 1, 0, reinterpret_cast<const sockaddr*>(&target),
               sizeof target);
      ::usleep(kGap);
      collect();
    }
    eventually(collect, limit);
    return got;
  }
  int up(int count, Duration limit = std::chrono::seconds(2)) {
    return cross(*router_, "10.64.0.2", *operator_, "198.51.100.7", count, limit);
  }
  int down(int count) { return cross(*operator_, "198.51.100.7", *router_, "10.64.0.2", count); }
  [[nodiscard]] std::uint64_t counted(const char* way, const char* fate) const {
    return stats()["packets"][way][fate].get<std::uint64_t>();
  }
};

constexpr Duration kShort = std::chrono::milliseconds(500);

TEST_F(Packets, CrossInBothDirectionsWhileTheSessionIsUp) {
  simulate("signal lte rsrp=-85 rsrq=-8 sinr=18\n");
  ASSERT_NO_FATAL_FAILURE(connect());
  EXPECT_EQ(up(50), 50);
  EXPECT_EQ(down(50), 50);
  EXPECT_THAT(ask_session("--wds-get-packet-statistics"), testing::HasSubstr("TX packets OK: 50"));
  EXPECT_THAT(stop_network(), testing::HasSubstr("Network stopped"));
  EXPECT_EQ(up(10, kShort), 0);
  EXPECT_TRUE(eventually([this] { return counted("uplink", "no_session") >= 10; }));
}

TEST_F(Packets, NeedTheAddressThatWasGivenOut) {
  simulate("");
  ASSERT_NO_FATAL_FAILURE(connect());
  EXPECT_EQ(cross(*router_, "10.99.0.9", *operator_, "198.51.100.7", 10, kShort), 0);
  EXPECT_TRUE(eventually([this] { return counted("uplink", "wrong_address") >= 10; }));
}

TEST_F(Packets, AreLostAsTheRadioSays) {
  // SINR -7 dB alone loses a quarter; the generator is seeded, the count is not left to chance.
  simulate("seed=3\nsignal lte rsrp=-100 rsrq=-12 sinr=-7\n");
  ASSERT_NO_FATAL_FAILURE(connect());
  const int got = up(400, kShort);
  EXPECT_GT(got, 240);
  EXPECT_LT(got, 360);
  EXPECT_TRUE(eventually([&] {
    return counted("uplink", "lost") + counted("uplink", "delivered") >= 400;
  })) << got
      << " came; " << stats()["packets"].dump(2);
}

TEST_F(Packets, StopWithTheRegistration) {
  simulate("start=signal\nbearer-hold=1m\nat 0s registration searching\n");
  ASSERT_NO_FATAL_FAILURE(connect());
  EXPECT_EQ(up(10), 10);
  simulator_.signal(SIGUSR1);
  ASSERT_TRUE(eventually([this] { return !registered(); }));
  EXPECT_EQ(up(10, kShort), 0);
}

// Field fault 10: what the host sends piles up in its device, the modem counts nothing, and both
// the control channel and the downlink go on.
TEST_F(Packets, StuckTransmissionLeavesEverythingElse) {
  simulate("start=signal\nat 0s fault transmit-stuck\ntrigger\nat 0s end-fault transmit-stuck\n");
  ASSERT_NO_FATAL_FAILURE(connect());
  EXPECT_EQ(up(5), 5);
  simulator_.signal(SIGUSR1);
  ASSERT_TRUE(eventually([this] { return said("fault transmit-stuck"); }));
  EXPECT_EQ(up(20, kShort), 0);
  EXPECT_THAT(ask_session("--wds-get-packet-statistics"), testing::HasSubstr("TX packets OK: 5"));
  EXPECT_EQ(down(10), 10);
  simulator_.signal(SIGUSR1);
  ASSERT_TRUE(eventually([this] { return said("fault ends: transmit-stuck"); }));
  EXPECT_TRUE(eventually([this] { return counted("uplink", "delivered") >= 25; }));
}

}  // namespace
}  // namespace mwan::lab
