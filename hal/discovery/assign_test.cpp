// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/assign.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/discovery/sample_devices.hpp"

namespace mwan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using sample::one;
using sample::Usb;

DeviceClaim claim(const std::string& profile, int priority, const std::string& match,
                  LinkKind kind = LinkKind::Modem) {
  return {
      .profile = profile, .kind = kind, .priority = priority, .match = parse_match(match).value()};
}

// Two sticks of one make, and another one.
const HardwareDevice kFirst = one(sample::modem_ports({.place = "1-2", .serial = "S1"}, 0));
const HardwareDevice kTwin = one(sample::modem_ports({.place = "1-10", .serial = "S2"}, 1));
const HardwareDevice kOther = one(
    sample::modem_ports({.place = "1-3", .vendor = "2c7c", .product = "0125", .serial = "S3"}, 2));

TEST(Assign, APrecisionIsServedBeforeAnAny) {
  const std::vector claims = {claim("whichever", 1, "any"), claim("mine", 2, "serial:S1")};
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst}, {}),
              ElementsAre(Pair("mine", kFirst.id)));
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst, kOther}, {}),
              ElementsAre(Pair("mine", kFirst.id), Pair("whichever", kOther.id)));
}

TEST(Assign, OfTwoTwinsTheSmallerPathIsTaken) {
  EXPECT_THAT(
      assign_devices(std::vector{claim("lte", 1, "usb:1199:9071")}, std::vector{kTwin, kFirst}, {}),
      ElementsAre(Pair("lte", kFirst.id)));
}

TEST(Assign, WhoHasItsDeviceKeepsIt) {
  const std::vector claims = {claim("a", 1, "usb:1199:9071"), claim("b", 2, "usb:1199:9071")};
  const Assignment before = {{"b", kFirst.id}};
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst}, before),
              ElementsAre(Pair("b", kFirst.id)));
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst, kTwin}, before),
              ElementsAre(Pair("a", kTwin.id), Pair("b", kFirst.id)));
}

TEST(Assign, ATwinThatComesLaterTakesNothingAway) {
  const std::vector claims = {claim("lte", 1, "any")};
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst, kTwin}, {{"lte", kTwin.id}}),
              ElementsAre(Pair("lte", kTwin.id)));
}

TEST(Assign, NamesGoBeforeIdentities) {
  const std::vector claims = {
      claim("precise", 1, "serial:S1"),
      {.profile = "named", .kind = LinkKind::Modem, .priority = 9, .control = "/dev/cdc-wdm0"}};
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst}, {}),
              ElementsAre(Pair("named", kFirst.id)));
}

TEST(Assign, WhatWeMadeOurselvesChoosesLast) {
  DeviceClaim made = claim("auto", 1201, "serial:S1");
  made.automatic = true;
  const std::vector claims = {made, claim("mine", 5, "any")};
  EXPECT_THAT(assign_devices(claims, std::vector{kFirst}, {{"auto", kFirst.id}}),
              ElementsAre(Pair("mine", kFirst.id)));
}

TEST(Assign, ADeviceThatIsNotCompleteIsNotGivenOut) {
  const HardwareDevice half = one({sample::modem_ports({}, 0)[1]});
  EXPECT_THAT(assign_devices(std::vector{claim("lte", 1, "any")}, std::vector{half}, {}),
              IsEmpty());
}

TEST(Assign, KindsAreKeptApartButForATetherThatIsNamed) {
  const HardwareDevice phone =
      one({sample::usb_net({.vendor = "18d1"}, "usb0", "rndis_host", "02:00:00:00:00:01")});
  const std::vector devices = {phone, kFirst};
  EXPECT_THAT(assign_devices(std::vector{claim("lte", 1, "any")}, devices, {}),
              ElementsAre(Pair("lte", kFirst.id)));
  EXPECT_THAT(assign_devices(std::vector{claim("phone", 1, "any", LinkKind::Tether)}, devices, {}),
              ElementsAre(Pair("phone", phone.id)));
  EXPECT_THAT(
      assign_devices(std::vector{claim("wire", 1, "usb:18d1", LinkKind::Ethernet)}, devices, {}),
      ElementsAre(Pair("wire", phone.id)));
  EXPECT_THAT(assign_devices(std::vector{claim("lte", 1, "usb:18d1")}, devices, {}), IsEmpty());
}

// Sets of claims and devices from a seed, with twins, and with orders that say nothing.
TEST(Assign, WhateverTheOrderTheResultIsTheSameAndWhole) {
  const std::vector<std::string> matches = {"any",           "usb:1199",
                                            "usb:1199:9071", "serial:S1",
                                            "serial:S2",     "path:pci-0000:00:14.0-usb-0:4"};
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return random() % n; };
    std::vector<HardwareDevice> devices;
    for (unsigned i = 0; i < below(6); ++i) {
      Usb usb{.place = "1-" + std::to_string(i + 1), .serial = "S" + std::to_string(below(3))};
      if (below(3) == 0) usb.vendor = "2c7c";
      devices.push_back(one(sample::modem_ports(usb, static_cast<int>(i))));
    }
    std::vector<DeviceClaim> claims;
    for (unsigned i = 0; i < below(6); ++i) {
      claims.push_back(claim("p" + std::to_string(i), static_cast<int>(i) + 1,
                             matches[below(static_cast<unsigned>(matches.size()))]));
    }
    Assignment before;
    for (const auto& c : claims) {
      if (!devices.empty() && below(3) == 0) {
        before[c.profile] = devices[below(static_cast<unsigned>(devices.size()))].id;
      }
    }
    const Assignment result = assign_devices(claims, devices, before);
    std::ranges::shuffle(devices, random);
    std::ranges::shuffle(claims, random);
    ASSERT_EQ(assign_devices(claims, devices, before), result) << "seed " << seed;
    ASSERT_EQ(assign_devices(claims, devices, result), result) << "settled, seed " << seed;

    std::map<std::string, std::string> owner;
    for (const auto& [profile, id] : result) {
      ASSERT_TRUE(owner.emplace(id, profile).second) << "given twice, seed " << seed;
    }
    for (const auto& c : claims) {
      const auto has = result.find(c.profile);
      for (const auto& device : devices) {
        if (has != result.end() && has->second == device.id) {
          ASSERT_TRUE(usable_as(c, device)) << "seed " << seed;
        }
        if (has != result.end() || !usable_as(c, device)) continue;
        // Left out: whoever has it has at least as good a claim.
        ASSERT_TRUE(owner.contains(device.id)) << "one left, one waiting, seed " << seed;
        const auto winner = std::ranges::find(claims, owner[device.id], &DeviceClaim::profile);
        ASSERT_GE(winner->match->specificity(), c.match->specificity()) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace mwan
