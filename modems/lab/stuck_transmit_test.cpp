// SPDX-License-Identifier: LGPL-2.1-or-later
// Fault 10: control works, the bearer is up, and no packet leaves. Told from the counters of the
// kernel and of the modem, with real packets into a real device.
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"
#include "modems/lab/modem_lab.hpp"
#include "tests/lab/process.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

class StuckTransmission : public ModemLab, public testing::WithParamInterface<ModemProtocol> {
 public:
  static void SetUpTestSuite() {
    ModemLab::SetUpTestSuite();
    // /sys shows the devices of the namespace it was mounted in.
    ASSERT_EQ(::unshare(CLONE_NEWNS), 0) << std::strerror(errno);
    ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    ASSERT_EQ(::mount("sysfs", "/sys", "sysfs", 0, nullptr), 0) << std::strerror(errno);
  }

 protected:
  void configure_device() {
    for (const std::vector<std::string>& argv :
         {std::vector<std::string>{"ip", "addr", "replace", "10.64.0.2/30", "dev", "wwan0"},
          std::vector<std::string>{"ip", "link", "set", "operator0", "up"},
          std::vector<std::string>{"ip", "link", "set", "wwan0", "up"}}) {
      const auto done = lab::run(nullptr, argv);
      ASSERT_TRUE(done) << done.error().text();
    }
    socket_ = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ASSERT_TRUE(socket_);
    // One socket's buffer is smaller than the device's queue; a router forwards for many.
    const int bytes = 8 << 20;
    ASSERT_EQ(::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)), 0);
  }
  // Some packets now, and again as long as the loop turns.
  void keep_sending() {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    inet_pton(AF_INET, "10.64.0.1", &to.sin_addr);
    for (int i = 0; i < 40; ++i) {
      const char byte = 'x';
      // That it may not be sent is the point.
      static_cast<void>(
          ::sendto(socket_.get(), &byte, 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)));
    }
    sending_ = loop_.after(10ms, [this] { keep_sending(); });
  }
  UniqueFd socket_;
  SourceHandle sending_;
};

TEST_P(StuckTransmission, IsFoundAndCured) {
  speak(GetParam());
  net_ = "wwan0";
  config_.timings.cross_check = 500ms;
  simulate("start=signal\n" + steady("at 0s fault transmit-stuck\ntrigger\n"
                                     "at 0s end-fault transmit-stuck\n"));
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  configure_device();
  keep_sending();
  turn(2s);
  EXPECT_FALSE(told("trouble")) << "nobody answers these packets, and that is no stuck modem: "
                                << log();
  facts_.clear();
  trigger();
  ASSERT_TRUE(until([&] { return !saying(" transmit: ").empty(); }, 30s)) << log();
  EXPECT_TRUE(until([&] { return !saying("the radio is switched off and on").empty(); })) << log();
  trigger();
  facts_.clear();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  sending_.reset();
  stop();
  expect_nothing_left();
}

std::vector<ModemProtocol> protocols() {
#if MWAN_WITH_MBIM
  return {ModemProtocol::Qmi, ModemProtocol::Mbim};
#else
  return {ModemProtocol::Qmi};
#endif
}

INSTANTIATE_TEST_SUITE_P(Field, StuckTransmission, testing::ValuesIn(protocols()),
                         [](const auto& info) {
                           return info.param == ModemProtocol::Mbim ? "Mbim" : "Qmi";
                         });

}  // namespace
}  // namespace mwan::modem
