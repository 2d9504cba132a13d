// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/route_message.hpp"

#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace mwan::lab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Message {
 public:
  Message(std::uint16_t type, std::uint8_t family, std::uint8_t prefix, std::uint8_t table) {
    header_.nlmsg_type = type;
    route_.rtm_family = family;
    route_.rtm_dst_len = prefix;
    route_.rtm_table = table;
    route_.rtm_type = RTN_UNICAST;
  }
  Message& with(std::uint16_t attribute, std::uint32_t value) {
    const rtattr head{sizeof(rtattr) + sizeof value, attribute};
    add(attributes_, head);
    add(attributes_, value);
    return *this;
  }
  [[nodiscard]] std::vector<std::byte> bytes() const {
    std::vector<std::byte> all;
    nlmsghdr header = header_;
    header.nlmsg_len =
        static_cast<std::uint32_t>(sizeof header + sizeof route_ + attributes_.size());
    add(all, header);
    add(all, route_);
    all.insert(all.end(), attributes_.begin(), attributes_.end());
    return all;
  }

 private:
  template <class T>
  static void add(std::vector<std::byte>& to, const T& value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    to.insert(to.end(), bytes, bytes + sizeof value);
  }
  nlmsghdr header_{};
  rtmsg route_{};
  std::vector<std::byte> attributes_;
};

TEST(RouteMessages, ADefaultRouteWithItsMetricAndDevice) {
  const auto bytes = Message(RTM_NEWROUTE, AF_INET, 0, RT_TABLE_MAIN)
                         .with(RTA_PRIORITY, 50)
                         .with(RTA_OIF, 7)
                         .bytes();
  EXPECT_THAT(read_route_messages(bytes),
              ElementsAre(DefaultRoute{.added = true, .metric = 50, .device_index = 7}));
}

TEST(RouteMessages, ARemovalAfterAnAdditionInOneDatagram) {
  auto bytes = Message(RTM_NEWROUTE, AF_INET, 0, RT_TABLE_MAIN).with(RTA_OIF, 3).bytes();
  const auto second = Message(RTM_DELROUTE, AF_INET, 0, RT_TABLE_MAIN).with(RTA_OIF, 2).bytes();
  bytes.insert(bytes.end(), second.begin(), second.end());
  EXPECT_THAT(read_route_messages(bytes),
              ElementsAre(DefaultRoute{.added = true, .metric = 0, .device_index = 3},
                          DefaultRoute{.added = false, .metric = 0, .device_index = 2}));
}

TEST(RouteMessages, OtherRoutesArePassedOver) {
  EXPECT_THAT(read_route_messages(Message(RTM_NEWROUTE, AF_INET, 24, RT_TABLE_MAIN).bytes()),
              IsEmpty());
  EXPECT_THAT(read_route_messages(Message(RTM_NEWROUTE, AF_INET6, 0, RT_TABLE_MAIN).bytes()),
              IsEmpty());
  EXPECT_THAT(read_route_messages(Message(RTM_NEWROUTE, AF_INET, 0, 100).bytes()), IsEmpty());
  // A table above 255 stands in its attribute only.
  EXPECT_THAT(read_route_messages(
                  Message(RTM_NEWROUTE, AF_INET, 0, RT_TABLE_COMPAT).with(RTA_TABLE, 1000).bytes()),
              IsEmpty());
}

TEST(RouteMessages, EveryTruncationIsSurvived) {
  const auto bytes = Message(RTM_NEWROUTE, AF_INET, 0, RT_TABLE_MAIN)
                         .with(RTA_PRIORITY, 50)
                         .with(RTA_OIF, 7)
                         .bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(read_route_messages(std::span(bytes).first(length)), IsEmpty()) << length;
  }
}

TEST(RouteMessages, AnAttributeThatClaimsMoreThanThereIsEndsTheReading) {
  auto bytes = Message(RTM_NEWROUTE, AF_INET, 0, RT_TABLE_MAIN).with(RTA_OIF, 7).bytes();
  bytes[sizeof(nlmsghdr) + sizeof(rtmsg)] = std::byte{200};
  EXPECT_THAT(read_route_messages(bytes),
              ElementsAre(DefaultRoute{.added = true, .metric = 0, .device_index = 0}));
}

TEST(DefaultRoutes, TheLowestMetricIsInUse) {
  DefaultRoutes routes;
  EXPECT_EQ(routes.in_use(), std::nullopt);
  routes.apply({.added = true, .metric = 100, .device_index = 2});
  routes.apply({.added = true, .metric = 50, .device_index = 3});
  EXPECT_EQ(routes.in_use(), 3);
  routes.apply({.added = false, .metric = 50, .device_index = 3});
  EXPECT_EQ(routes.in_use(), 2);
}

TEST(DefaultRoutes, AReplacementNeedsNoRemoval) {
  DefaultRoutes routes;
  routes.apply({.added = true, .metric = 0, .device_index = 2});
  routes.apply({.added = true, .metric = 0, .device_index = 3});
  routes.apply({.added = false, .metric = 0, .device_index = 2});
  EXPECT_EQ(routes.in_use(), 3);
}

}  // namespace
}  // namespace mwan::lab
