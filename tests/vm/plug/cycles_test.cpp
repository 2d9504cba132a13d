// SPDX-License-Identifier: LGPL-2.1-or-later
// Two hundred times plugged in and pulled out, of all kinds in a mixed order, most of them in the
// middle of the bring-up, some while another one comes up: nothing is left and nothing grows.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <random>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kWarmUp = 40;     // cycles, after which nothing grows any more
constexpr Duration kLongest = 240s;     // that one may take until it is proven
constexpr Duration kLook = 100ms;       // each look at the log is work for the only processor
constexpr long kMemoryAllowance = 512;  // KiB: of 160 cycles, less than a leak of one link each
constexpr const char* kHasty = "sim-ready-delay=10ms\nregistration-delay=30ms\nbearer-delay=10ms\n";

class Cycles : public PlugLab {
 protected:
  struct Socket {
    Device device;
    int cycles = 0;    // in all
    int to_prove = 0;  // so many of them, spread evenly, stay until the link is proven
    Duration hurry{};  // others are pulled out before
    int done = 0;
    int proven = 0;
    int addressed = 0;  // how often the daemon had got as far as that
    bool in = false;
  };
  struct Staying {
    Socket* socket;
    std::size_t mark;
    Instant until;
  };

  [[nodiscard]] std::size_t descriptors() const {
    const fs::directory_iterator names(fmt::format("/proc/{}/fd", daemon().pid()));
    return static_cast<std::size_t>(std::distance(fs::begin(names), fs::end(names)));
  }
  // Of the heap and what else is the daemon's own, in KiB.
  [[nodiscard]] long memory() const {
    std::ifstream file(fmt::format("/proc/{}/status", daemon().pid()));
    for (std::string word; file >> word;) {
      long kib = 0;
      if (word == "RssAnon:" && file >> kib) return kib;
    }
    return -1;
  }
  void add(Device device, int cycles, int to_prove, Duration hurry) {
    sockets_.push_back({std::move(device), cycles, to_prove, hurry});
  }
  void pull(Socket& socket) {
    EXPECT_OK(socket.device.unplug());
    socket.in = false;
  }
  // Those that are proven or have stayed for too long; all: whatever they are.
  void pull_staying(bool all) {
    std::erase_if(staying_, [&](const Staying& one) {
      const bool proven = good(one.socket->device.link, one.mark);
      if (!proven && !all && lab::now() < one.until) return false;
      one.socket->proven += proven ? 1 : 0;
      pull(*one.socket);
      return true;
    });
  }
  void cycle(Socket& socket) {
    // Its last one is still under way: that one is over first.
    while (socket.in) {
      pull_staying(false);
      lab::sleep_for(kLook);
    }
    const std::size_t since = mark();
    const int nth = socket.done++;
    const bool stays = socket.to_prove > 0 && nth % (socket.cycles / socket.to_prove) == 1;
    REQUIRE_OK(socket.device.plug());
    socket.in = true;
    if (stays) {
      staying_.push_back({&socket, since, lab::now() + kLongest});
      return;
    }
    lab::sleep_for(Duration(static_cast<Duration::rep>(
        random_() % static_cast<std::uint32_t>(std::max<Duration::rep>(socket.hurry.count(), 1)))));
    pull(socket);
  }
  void all_out() {
    while (!staying_.empty()) {
      pull_staying(false);
      lab::sleep_for(kLook);
    }
    says({"env", "SYSTEMD_IGNORE_CHROOT=1", "udevadm", "settle", "--timeout=60"});
  }

  std::mt19937 random_{4};
  std::list<Socket> sockets_;
  std::vector<Staying> staying_;
};

TEST_F(Cycles, TwoHundredOfMixedKindsLeaveNothingAndGrowNothing) {
  // Programs that udev runs for a modem's ports take the emulator seconds, and cards nearly
  // nothing.
  add(cable("wired", 1), 128, 3, 200ms);
  add(pppoe(), 20, 1, 600ms);
  add(phone(NetFunction::Rndis), 8, 1, 800ms);
  add(phone(NetFunction::Ecm), 8, 1, 800ms);
  add(phone(NetFunction::Ncm), 8, 1, 800ms);
  add(iphone(), 8, 1, 800ms);
  add(modem(ModemKind::Qmi, kHasty), 8, 1, 1000ms);
  add(modem(ModemKind::Mbim, kHasty), 12, 1, 1000ms);
  write_profile("wired",
                "KIND=ethernet\nPRIORITY=1\nMATCH=mac:02:00:5e:00:53:31\nADDRESS=10.70.1.2/24\n"
                "GATEWAY=10.70.1.1\n");
  write_profile("dsl",
                "KIND=pppoe\nPRIORITY=2\nNETDEV=dsl0\nUSERNAME=customer@example.net\n"
                "PASSWORD='correct horse'\n");
  for (const char* function : {"rndis", "ecm", "ncm"}) {
    write_profile(
        fmt::format("phone-{}", function),
        fmt::format("KIND=tether\nPRIORITY={}\nMATCH=serial:PHONE{}\nMETERED=no\n",
                    3 + (function[0] == 'e' ? 1 : 0) + (function[0] == 'n' ? 2 : 0), function));
  }
  write_profile("iphone", "KIND=tether\nPRIORITY=6\nMATCH=usb:05ac\nMETERED=no\n");
  write_profile("lte-qmi", "KIND=modem\nPRIORITY=7\nMATCH=usb:2c7c:0125\n");
  write_profile("lte-mbim", "KIND=modem\nPRIORITY=8\nMATCH=usb:1199:9071\n");
  start_daemon();
  ASSERT_TRUE(soon([] { return log().find("lte-mbim: waiting") != std::string::npos; })) << log();
  const auto before = inventory_now();

  std::vector<Socket*> order;
  for (Socket& socket : sockets_) {
    order.insert(order.end(), static_cast<std::size_t>(socket.cycles), &socket);
  }
  std::shuffle(order.begin(), order.end(), random_);
  const Instant begun = lab::now();
  std::size_t descriptors_before = 0;
  long memory_before = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == kWarmUp) {
      all_out();
      expect_as_before(before);
      descriptors_before = descriptors();
      memory_before = memory();
    }
    ASSERT_NO_FATAL_FAILURE(cycle(*order[i])) << i << "\n" << log();
    pull_staying(false);
  }
  all_out();
  const auto took = to_ms(lab::now() - begun);
  expect_as_before(before);
  // A link's last descriptor goes with its driver's last coroutine.
  soon([&] { return descriptors() <= descriptors_before; });

  std::cout << fmt::format("{} cycles in {} s of the emulator's time:\n", order.size(),
                           took / 1000);
  int proven = 0;
  for (Socket& socket : sockets_) {
    socket.addressed = 0;
    for (const auto& line : decisions(begun)) {
      const nlohmann::json::json_pointer at("/event/addressing/link");
      socket.addressed += line.contains(at) && line[at] == socket.device.link ? 1 : 0;
    }
    proven += socket.proven;
    std::cout << fmt::format("  {:28} {:>3}, of which {} had an address, {} were proven\n",
                             socket.device.kind, socket.done, socket.addressed, socket.proven);
  }
  std::cout << fmt::format(
      "after {} cycles and after {}: {} and {} descriptors, {} and {} KiB of memory\n", kWarmUp,
      order.size(), descriptors_before, descriptors(), memory_before, memory());
  EXPECT_LE(descriptors(), descriptors_before);
  EXPECT_LT(memory(), memory_before + kMemoryAllowance);
  EXPECT_GE(proven, 6) << "they never came up\n" << log();  // of 10

  // And it still does what it is for.
  for (Socket& socket : sockets_) {
    if (socket.device.link != "lte-qmi" && socket.device.link != "wired") continue;
    const std::size_t since = mark();
    REQUIRE_OK(socket.device.plug());
    EXPECT_TRUE(lab::wait_until(kLongest, [&] { return good(socket.device.link, since); }))
        << log();
    REQUIRE_OK(socket.device.unplug());
  }
  expect_as_before(before);
  stop_daemon();
}

}  // namespace
}  // namespace mwan::vm
