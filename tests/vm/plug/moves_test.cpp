// SPDX-License-Identifier: LGPL-2.1-or-later
// The active link is pulled out: how long until the default route is another one's.
#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/lab/path_watch.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

// What is measured is printed, and written down in docs/hotplug.md. Asserted is only what made the
// traffic move, that it was no round of probes: the emulator gets what a busy host leaves it.

class Times {
 public:
  void add(Duration time) {
    all_.push_back(static_cast<double>(time.count()) / 1000.0);
    std::ranges::sort(all_);
  }
  [[nodiscard]] double median() const { return all_.at(all_.size() / 2); }
  [[nodiscard]] std::string text() const {
    if (all_.empty()) return "never";
    return fmt::format("median {:.1f} ms, worst {:.1f} ms of {}", median(), all_.back(),
                       all_.size());
  }

 private:
  std::vector<double> all_;
};

class Moves : public PlugLab {
 protected:
  void SetUp() override {
    PlugLab::SetUp();
    if (HasFatalFailure()) return;
    backup_.emplace(cable("backup", 9));
    write_profile("backup",
                  "KIND=ethernet\nPRIORITY=9\nMATCH=mac:02:00:5e:00:53:39\nADDRESS=10.70.9.2/24\n"
                  "GATEWAY=10.70.9.1\n");
  }
  static std::string default_route() { return says({"ip", "route", "show", "default"}); }
  // The network device of the default route.
  static std::string default_device() {
    const std::string route = default_route();
    const auto at = route.find(" dev ");
    return at == std::string::npos ? "" : route.substr(at + 5, route.find(' ', at + 5) - at - 5);
  }
  // pull and put: out and in again.
  void measure(const std::string& kind, const Device& device, const std::function<Status()>& pull,
               const std::function<Status()>& put, int rounds) {
    SCOPED_TRACE(kind);
    REQUIRE_OK(device.plug());
    auto path = PathWatch::start();
    REQUIRE_OK(path);
    Times from_word;
    Times packets;
    Times from_pull;
    Times uevent;
    Times netlink;
    Times gone;
    Times heard;
    for (int round = 0; round < rounds; ++round) {
      ASSERT_TRUE(soon([&] {
        return good(device.link) && good("backup") && default_device() != "backup";
      })) << "round "
          << round << "\n"
          << log() << kernel();
      const std::string netdev = default_device();
      const Instant pulled = lab::now();
      REQUIRE_OK(pull());
      ASSERT_TRUE(soon([&] { return watch_->route_moved("backup", pulled).has_value(); }))
          << log() << kernel();
      const auto lost = watch_->link_lost(netdev, pulled);
      ASSERT_TRUE(lost);
      const auto removed = watch_->device_removed(pulled);
      const Instant word = removed ? std::min(*removed, *lost) : *lost;
      const Instant moved = *watch_->route_moved("backup", pulled);
      from_word.add(moved - word);
      // Or earlier: packets take the route that stands behind, as soon as the kernel drops the
      // first.
      std::optional<Instant> left;
      ASSERT_TRUE(soon([&] { return (left = (*path)->moved("backup", pulled)).has_value(); }));
      packets.add(std::max(*left - word, Duration::zero()));
      from_pull.add(moved - pulled);
      netlink.add(*lost - word);
      if (removed) uevent.add(*removed - word);
      if (const auto at = watch_->link_gone(netdev, pulled)) gone.add(*at - word);
      // At once, and whatever of the link is still being taken down gets its time.
      lab::sleep_for(1s);
      std::optional<Instant> told;
      soon([&] { return (told = first_event(device.link, pulled)).has_value(); });
      ASSERT_TRUE(told && *told <= moved) << "moved before it was told\n" << log();
      heard.add(*told - word);
      REQUIRE_OK(put());
    }
    std::cout << fmt::format(
        "{}: kernel's first word of it -> default route moved: {}\n"
        "  -> packets leave by the other link: {}\n  from pulling: {}\n"
        "  after the first word: uevent {}; link lost {}; link gone {}; heard by the engine {}\n",
        kind, from_word.text(), packets.text(), from_pull.text(), uevent.text(), netlink.text(),
        gone.text(), heard.text());
    REQUIRE_OK(device.unplug());
  }
  // When the engine first heard something of the link that is no probe's result.
  static std::optional<Instant> first_event(const std::string& link, Instant since) {
    for (const auto& line : decisions(since)) {
      if (!line.contains("event")) continue;
      for (const auto& [what, fact] : line["event"].items()) {
        if (what != "probe" && fact.is_object() && fact.value("link", "") == link) {
          return Instant(Duration(line.value("t_us", std::int64_t{0})));
        }
      }
    }
    return std::nullopt;
  }
  void start_on_backup() {
    start_daemon();
    REQUIRE_OK(backup_->plug());
    ASSERT_TRUE(soon([] { return good("backup"); })) << log();
  }
  void end() {
    EXPECT_OK(backup_->unplug());
    stop_daemon();
  }
  std::optional<Device> backup_;
};

TEST_F(Moves, OffACard) {
  Device wired = cable("wired", 1);
  write_profile("wired",
                "KIND=ethernet\nPRIORITY=1\nMATCH=mac:02:00:5e:00:53:31\nADDRESS=10.70.1.2/24\n"
                "GATEWAY=10.70.1.1\n");
  ASSERT_NO_FATAL_FAILURE(start_on_backup());
  const auto card = std::static_pointer_cast<Cable>(wired.owner);
  measure(
      "ethernet, carrier lost", wired, [&] { return card->set_carrier(false); },
      [&] { return card->set_carrier(true); }, 5);
  measure("ethernet, card pulled", wired, wired.unplug, wired.plug, 5);
  end();
}

TEST_F(Moves, OffAPhone) {
  Device phone = this->phone(NetFunction::Rndis);
  write_profile("phone-rndis", "KIND=tether\nPRIORITY=2\nMATCH=serial:PHONErndis\nMETERED=no\n");
  write_profile("iphone", "KIND=tether\nPRIORITY=3\nMATCH=usb:05ac\nMETERED=no\n");
  ASSERT_NO_FATAL_FAILURE(start_on_backup());
  measure("phone pulled (rndis_host)", phone, phone.unplug, phone.plug, 3);
  Device iphone = this->iphone();
  measure("iPhone pulled (ipheth)", iphone, iphone.unplug, iphone.plug, 3);
  end();
}

TEST_F(Moves, OffAModem) {
  Device qmi = modem(ModemKind::Qmi);
  Device mbim = modem(ModemKind::Mbim);
  write_profile("lte-qmi", "KIND=modem\nPRIORITY=3\nMATCH=usb:2c7c:0125\n");
  write_profile("lte-mbim", "KIND=modem\nPRIORITY=4\nMATCH=usb:1199:9071\n");
  ASSERT_NO_FATAL_FAILURE(start_on_backup());
  measure("modem torn out (qmi_wwan)", qmi, qmi.unplug, qmi.plug, 3);
  measure("modem torn out (cdc_mbim)", mbim, mbim.unplug, mbim.plug, 3);
  end();
}

}  // namespace
}  // namespace mwan::vm
