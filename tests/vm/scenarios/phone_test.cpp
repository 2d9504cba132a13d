// SPDX-License-Identifier: LGPL-2.1-or-later
// Phones on a real USB bus: the kernel's own drivers bind, udev tells, our discovery knows them for
// what they are, packets flow, and unplugging leaves nothing.
#include "tests/vm/lab/phone.hpp"

#include <vector>

#include "hal/discovery/group.hpp"
#include "hal/discovery/udev_discovery.hpp"
#include "tests/lab/clock.hpp"
#include "tests/vm/lab/until.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 120s;

class PhoneLab : public testing::Test {
 protected:
  void SetUp() override {
    auto discovery = UdevDiscovery::open(loop_, UdevDiscovery::Source::Udev);
    REQUIRE_OK(discovery);
    discovery_ = std::move(*discovery);
    watch_ = discovery_->watch_ports([this](const PortEvent& event) {
      std::erase_if(ports_, [&](const Port& p) { return p.syspath == event.port.syspath; });
      if (event.what != PortEvent::What::Removed) ports_.push_back(event.port);
    });
  }
  // The device with this serial number, as soon as there is all of it.
  std::optional<HardwareDevice> device(const std::string& serial) {
    for (const auto& device : group_ports(ports_)) {
      if (device.serial == serial && device.complete()) return device;
    }
    return std::nullopt;
  }
  bool appears(const std::string& serial) {
    return until(loop_, kPatience, [&] { return device(serial).has_value(); });
  }
  bool vanishes(const std::string& serial) {
    return until(loop_, kPatience, [&] {
      return std::ranges::none_of(ports_, [&](const Port& p) { return p.serial == serial; });
    });
  }
  // A lease from whoever answers there; nothing is configured with it.
  static Result<std::string> lease(const std::string& device, const char* tries = "10") {
    auto up = lab::run(nullptr, {"ip", "link", "set", device, "up"});
    if (!up) return up;
    return lab::run(
        nullptr,
        {"busybox", "udhcpc", "-i", device, "-n", "-q", "-f", "-t", tries, "-s", "/bin/true"},
        kPatience);
  }

  static bool carrier(const std::string& device) {
    if (!lab::run(nullptr, {"ip", "link", "set", device, "up"})) return false;
    return lab::wait_until(10s, [&] {
      return lab::read_file("/sys/class/net/" + device + "/carrier").starts_with("1");
    });
  }

  // Packets at both ends of the cable.
  static std::string counters(const Phone& phone, const std::string& device) {
    const auto near = lab::run(nullptr, {"ip", "-s", "link", "show", device});
    const auto far = lab::run(&phone.netns(), {"ip", "-s", "link", "show", "usb0"});
    return (near ? *near : near.error().text()) + (far ? *far : far.error().text());
  }

  Loop loop_;
  std::unique_ptr<UdevDiscovery> discovery_;
  Discovery::Watch watch_;
  std::vector<Port> ports_;
};

class PhoneOfEachKind : public PhoneLab, public testing::WithParamInterface<NetFunction> {};

TEST_P(PhoneOfEachKind, ComesServesAndGoes) {
  GadgetPlan plan;
  plan.function = GetParam();
  auto phone = Phone::create(plan);
  REQUIRE_OK(phone);
  const Instant plugged = lab::now();
  REQUIRE_OK(phone->plug());
  ASSERT_TRUE(appears(plan.serial));
  std::cout << "plugged in, named by udev and served after " << to_ms(lab::now() - plugged)
            << " ms\n";
  const auto found = device(plan.serial);
  EXPECT_EQ(found->kind, DeviceKind::UsbNet);
  EXPECT_EQ(found->vendor_id, plan.vendor_id);
  EXPECT_EQ(found->product_id, plan.product_id);
  EXPECT_FALSE(found->id_path.empty());
  ASSERT_TRUE(found->net);
  EXPECT_EQ(found->net->driver, host_driver(GetParam()));
  EXPECT_EQ(device_with_address(plan.host_address), found->net->sysname);

  // The gadget's word that its cable is in gets lost now and then (ECM, Linux 6.1): in again.
  for (int again = 0; again < 5 && !carrier(found->net->sysname); ++again) {
    std::cout << "no carrier; plugged in again\n";
    REQUIRE_OK(phone->unplug());
    ASSERT_TRUE(vanishes(plan.serial));
    REQUIRE_OK(phone->plug());
    ASSERT_TRUE(appears(plan.serial));
  }

  const auto leased = lease(found->net->sysname);
  REQUIRE_OK(leased) << counters(*phone, found->net->sysname) << phone->dhcp_log();
  EXPECT_THAT(*leased, testing::HasSubstr(std::string("obtained from ") + kPhoneAddress));
  EXPECT_THAT(phone->dhcp_log(), testing::HasSubstr("DHCPACK"));

  REQUIRE_OK(phone->unplug());
  EXPECT_TRUE(vanishes(plan.serial));
  EXPECT_EQ(device_with_address(plan.host_address), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(, PhoneOfEachKind,
                         testing::Values(NetFunction::Rndis, NetFunction::Ecm, NetFunction::Ncm),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST_F(PhoneLab, PluggedInAgainInTheSamePlaceIsTheSame) {
  auto phone = Phone::create({});
  REQUIRE_OK(phone);
  std::vector<std::string> seen;
  for (int round = 0; round < 2; ++round) {
    REQUIRE_OK(phone->plug());
    ASSERT_TRUE(appears(phone->plan().serial));
    seen.push_back(device(phone->plan().serial)->id_path);
    REQUIRE_OK(phone->unplug());
    ASSERT_TRUE(vanishes(phone->plan().serial));
  }
  EXPECT_EQ(seen[0], seen[1]);
}

TEST_F(PhoneLab, TwoAreTwo) {
  GadgetPlan second;
  second.function = NetFunction::Ncm;
  second.serial = "PHONE02";
  second.host_address = "02:00:5e:00:53:03";
  second.gadget_address = "02:00:5e:00:53:04";
  auto one = Phone::create({});
  auto two = Phone::create(second);
  REQUIRE_OK(one);
  REQUIRE_OK(two);
  REQUIRE_OK(one->plug());
  REQUIRE_OK(two->plug());
  ASSERT_TRUE(appears(one->plan().serial));
  ASSERT_TRUE(appears(second.serial));
  EXPECT_NE(device(one->plan().serial)->id_path, device(second.serial)->id_path);
  REQUIRE_OK(one->unplug());
  EXPECT_TRUE(vanishes(one->plan().serial));
  EXPECT_TRUE(device(second.serial));
}

TEST_F(PhoneLab, ASilentPhoneGivesNoLease) {
  auto phone = Phone::create({});
  REQUIRE_OK(phone);
  REQUIRE_OK(phone->plug());
  ASSERT_TRUE(appears(phone->plan().serial));
  REQUIRE_OK(phone->serve_dhcp(false));
  const std::string name = device(phone->plan().serial)->net->sysname;
  EXPECT_FALSE(lease(name, "2"));
  REQUIRE_OK(phone->serve_dhcp(true));
  EXPECT_TRUE(lease(name));
}

}  // namespace
}  // namespace mwan::vm
