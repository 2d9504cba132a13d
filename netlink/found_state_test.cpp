// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/found_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include "netlink/codec.hpp"
#include "netlink/ip_text.hpp"

namespace mwan::netlink {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RawRoute raw_of(const Message& message) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(&message.header());
  return {.route = parse_route(message.header()).value_or(Route{}),
          .payload = {data + NLMSG_HDRLEN, data + message.header().nlmsg_len}};
}

RawRoute simple() {
  return raw_of(route_message(RTM_NEWROUTE, 0,
                              {.destination = prefix("0.0.0.0/0"),
                               .gateway = address("192.0.2.1"),
                               .ifindex = 3,
                               .metric = 5,
                               .protocol = 16}));
}

// Two next hops, by devices 3 and 4, the second of which the kernel calls down.
RawRoute two_hops() {
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_type = RTN_UNICAST;
  Message message(RTM_NEWROUTE, 0, header);
  std::vector<std::uint8_t> hops;
  for (const int device : {3, 4}) {
    rtnexthop hop{};
    hop.rtnh_len = sizeof hop;
    hop.rtnh_ifindex = device;
    hop.rtnh_flags = device == 4 ? RTNH_F_LINKDOWN : 0;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&hop);
    hops.insert(hops.end(), bytes, bytes + sizeof hop);
  }
  message.put(RTA_MULTIPATH, hops);
  return raw_of(message);
}

FoundState full() {
  FoundState out;
  out.boot = "00000000-0000-4000-8000-000000000001";
  out.defaults_known = true;
  out.defaults.push_back({.raw = simple(), .devices = {{3, "eth0"}}});
  out.defaults.push_back({.raw = two_hops(), .devices = {{3, "eth0"}, {4, "eth1"}}});
  out.links.push_back(
      {.netdev = "eth1",
       .ifindex = 4,
       .admin_up = true,
       .mtu = 1500,
       .added = {prefix("192.0.2.9/24"), prefix("2001:db8::9/64")},
       .autoconf = FoundAutoconf{
           .accept_ra = 2, .addr_gen_mode = 1, .link_local = {prefix("fe80::1/64")}}});
  return out;
}

TEST(FoundState, ComesBackFromItsText) {
  for (const FoundState& state : {FoundState{}, full()}) {
    const auto back = FoundState::parse(state.to_json());
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(*back, state);
  }
}

TEST(FoundState, SaysInWordsWhatItHolds) {
  EXPECT_THAT(full().to_json(), HasSubstr("default via 192.0.2.1 dev eth0 metric 5"));
}

TEST(FoundState, DamagedTextIsRefused) {
  const std::string good = full().to_json();
  for (std::size_t length = 0; length + 1 < good.size(); length += 7) {
    EXPECT_FALSE(FoundState::parse(good.substr(0, length))) << length;
  }
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return FoundState::parse(text);
  };
  EXPECT_FALSE(with("\"eth0\"", "\"../etc\""));
  EXPECT_FALSE(with("192.0.2.9/24", "192.0.2.9/99"));
  EXPECT_FALSE(with("\"mtu\": 1500", "\"mtu\": \"x\""));
  EXPECT_FALSE(with("\"links\"", "\"lynx\""));
  EXPECT_FALSE(with("\"message\": \"02", "\"message\": \"zz"));
  EXPECT_FALSE(with("\"message\": \"02", "\"message\": \"0"));
  EXPECT_FALSE(with("\"message\": \"0200", "\"message\": \"0218"));  // no default: a /24
}

TEST(FoundRoute, KnowsItsDevices) {
  EXPECT_THAT(devices_of(simple()), ElementsAre(3));
  EXPECT_THAT(devices_of(two_hops()), ElementsAre(3, 4));
}

TEST(FoundRoute, TakesTodaysNumbers) {
  const FoundRoute found{.raw = simple(), .devices = {{3, "eth0"}}};
  const auto same = as_request(found, {{"eth0", 3}});
  ASSERT_TRUE(same);
  EXPECT_EQ(*same, simple());
  const auto other = as_request(found, {{"eth0", 17}}).value_or(RawRoute{});
  EXPECT_EQ(other.route.ifindex, 17U);
  EXPECT_THAT(devices_of(other), ElementsAre(17));
  EXPECT_FALSE(as_request(found, {{"eth9", 3}}));
}

TEST(FoundRoute, EveryHopTakesTodaysNumber) {
  const FoundRoute found{.raw = two_hops(), .devices = {{3, "eth0"}, {4, "eth1"}}};
  const auto request = as_request(found, {{"eth0", 13}, {"eth1", 14}}).value_or(RawRoute{});
  EXPECT_THAT(devices_of(request), ElementsAre(13, 14));
  // The state of a device is not part of a request.
  const FoundRoute again{.raw = request, .devices = {{13, "eth0"}, {14, "eth1"}}};
  EXPECT_EQ(as_request(again, {{"eth0", 13}, {"eth1", 14}}).value_or(RawRoute{}).payload,
            request.payload);
  EXPECT_NE(request.payload, two_hops().payload);
  EXPECT_FALSE(as_request(found, {{"eth0", 13}}));
}

TEST(FoundRoute, RemarksOfTheKernelAreLeftOut) {
  Message message = route_message(
      RTM_NEWROUTE, 0,
      {.destination = prefix("::/0"), .gateway = address("fe80::1"), .ifindex = 3, .metric = 1024});
  const RawRoute plain = raw_of(message);
  message.put(RTA_CACHEINFO, std::vector<std::uint8_t>(32, 7));
  const FoundRoute found{.raw = raw_of(message), .devices = {{3, "eth0"}}};
  EXPECT_EQ(as_request(found, {{"eth0", 3}}).value_or(RawRoute{}).payload, plain.payload);
}

TEST(FoundRoute, ANextHopObjectStandsForItself) {
  Message message = route_message(
      RTM_NEWROUTE, 0,
      {.destination = prefix("0.0.0.0/0"), .gateway = address("192.0.2.1"), .ifindex = 3});
  message.put_u32(RTA_NH_ID, 42);
  // Its device need not be known: the object is what the request names.
  const auto request = as_request({.raw = raw_of(message), .devices = {}}, {});
  ASSERT_TRUE(request);
  EXPECT_TRUE(devices_of(*request).empty());
}

TEST(FoundRoute, DamagedPayloadsAreSurvived) {
  const RawRoute whole = two_hops();
  for (std::size_t size = 0; size < whole.payload.size(); ++size) {
    FoundRoute cut{.raw = whole, .devices = {{3, "eth0"}, {4, "eth1"}}};
    cut.raw.payload.resize(size);
    cut.raw.payload.shrink_to_fit();
    static_cast<void>(as_request(cut, {{"eth0", 13}, {"eth1", 14}}));
    for (const int value : {0, 1, 0xff}) {
      FoundRoute changed{.raw = whole, .devices = {{3, "eth0"}, {4, "eth1"}}};
      changed.raw.payload[size] = static_cast<std::uint8_t>(value);
      static_cast<void>(as_request(changed, {{"eth0", 13}, {"eth1", 14}}));
      static_cast<void>(devices_of(changed.raw));
    }
  }
}

}  // namespace
}  // namespace mwan::netlink
