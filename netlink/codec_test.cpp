// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/codec.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "netlink/ip_text.hpp"

namespace mwan::netlink {
namespace {

// A message with its length as a buffer, so that a sanitizer sees every byte read beyond it.
class Bytes {
 public:
  explicit Bytes(const nlmsghdr& message, std::size_t size) : storage_((size + 3) / 4) {
    std::memcpy(storage_.data(), &message, size);
  }
  [[nodiscard]] nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(storage_.data()); }
  [[nodiscard]] std::span<std::uint8_t> raw() {
    return {reinterpret_cast<std::uint8_t*>(storage_.data()), storage_.size() * 4};
  }

 private:
  std::vector<std::uint32_t> storage_;
};

TEST(Codec, ARouteAsBytes) {
  const Route route{.destination = prefix("0.0.0.0/0"),
                    .gateway = address("192.0.2.1"),
                    .ifindex = 3,
                    .table = 7701,
                    .metric = 5,
                    .source = address("192.0.2.2")};
  const Message message = route_message(RTM_NEWROUTE, 0, route);
  const auto* data = reinterpret_cast<const std::uint8_t*>(&message.header());
  const std::vector<std::uint8_t> bytes(data + NLMSG_HDRLEN, data + message.header().nlmsg_len);
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{2, 0, 0,  0, 0,    0x4d, 0, 1,
                                              0, 0, 0,  0,  // rtmsg: IPv4, proto 77, unicast
                                              8, 0, 5,  0, 192,  0,    2, 1,     // RTA_GATEWAY
                                              8, 0, 4,  0, 3,    0,    0, 0,     // RTA_OIF
                                              8, 0, 15, 0, 0x15, 0x1e, 0, 0,     // RTA_TABLE 7701
                                              8, 0, 6,  0, 5,    0,    0, 0,     // RTA_PRIORITY
                                              8, 0, 7,  0, 192,  0,    2, 2}));  // RTA_PREFSRC
}

TEST(Codec, RoutesComeBackAsTheyWere) {
  const std::vector<Route> routes = {
      {.destination = prefix("0.0.0.0/0"), .gateway = address("192.0.2.1"), .ifindex = 3},
      {.destination = prefix("10.0.0.0/8"), .ifindex = 4, .table = 100, .metric = 7, .protocol = 4},
      {.destination = prefix("2001:db8::/32"),
       .gateway = address("fe80::1"),
       .ifindex = 9,
       .table = 70000,
       .metric = 1024},
      {.destination = prefix("::/0"), .type = RouteType::Unreachable, .tos = 0},
      {.destination = prefix("198.51.100.0/24"),
       .gateway = address("203.0.113.9"),
       .ifindex = 1,
       .type = RouteType::Unicast,
       .tos = 8,
       .on_link = true}};
  for (const Route& route : routes) {
    EXPECT_EQ(parse_route(route_message(RTM_NEWROUTE, 0, route).header()), route)
        << text(route, "dev");
  }
}

TEST(Codec, RulesComeBackAsTheyWere) {
  const std::vector<Rule> rules = {
      {.family = IpFamily::V4, .priority = 7700, .source = prefix("192.0.2.2/32"), .table = 7701},
      {.family = IpFamily::V6,
       .priority = 1,
       .source = prefix("2001:db8::/48"),
       .mark = 0x10000,
       .mark_mask = 0xff0000,
       .oif = "wwan0",
       .table = 254,
       .suppress_prefix_length = 0}};
  for (const Rule& rule : rules) {
    EXPECT_EQ(parse_rule(rule_message(RTM_NEWRULE, 0, rule).header()), rule) << text(rule);
  }
}

TEST(Codec, AddressesComeBackAsTheyWere) {
  for (const char* text : {"192.0.2.7/24", "2001:db8::7/64", "10.64.0.1/32"}) {
    const Address wanted{.ifindex = 12, .prefix = prefix(text)};
    EXPECT_EQ(parse_address(address_message(RTM_NEWADDR, 0, wanted).header()), wanted);
  }
}

TEST(Codec, WithAPeerTheLocalAddressIsOurs) {
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = 32;
  Message message(RTM_NEWADDR, 0, header);
  message.put(IFA_ADDRESS, address("10.0.0.1"));
  message.put(IFA_LOCAL, address("10.0.0.2"));
  ASSERT_TRUE(parse_address(message.header()));
  EXPECT_EQ(parse_address(message.header()).value_or(Address{}).prefix, prefix("10.0.0.2/32"));
}

TEST(Codec, NeighbourStates) {
  EXPECT_EQ(nud_of(NUD_REACHABLE), fact::Nud::Reachable);
  EXPECT_EQ(nud_of(NUD_PERMANENT), fact::Nud::Reachable);
  EXPECT_EQ(nud_of(NUD_STALE), fact::Nud::Stale);
  EXPECT_EQ(nud_of(NUD_DELAY), fact::Nud::Stale);
  EXPECT_EQ(nud_of(NUD_PROBE), fact::Nud::Probing);
  EXPECT_EQ(nud_of(NUD_INCOMPLETE), fact::Nud::Probing);
  EXPECT_EQ(nud_of(NUD_FAILED), fact::Nud::Failed);
  EXPECT_EQ(nud_of(0), fact::Nud::Unknown);
}

Message link_message(const char* name, unsigned flags, unsigned char family = AF_UNSPEC) {
  ifinfomsg header{};
  header.ifi_family = family;
  header.ifi_index = 7;
  header.ifi_flags = flags;
  Message message(RTM_NEWLINK, 0, header);
  message.put_string(IFLA_IFNAME, name);
  message.put_u32(IFLA_MTU, 1430);
  return message;
}

TEST(Codec, Links) {
  const LinkInfo link =
      parse_link(link_message("wwan0", 0x1 | 0x10 | 0x10000).header()).value_or(LinkInfo{});
  EXPECT_EQ(link, (LinkInfo{.index = 7,
                            .name = "wwan0",
                            .mtu = 1430,
                            .admin_up = true,
                            .carrier = true,
                            .no_arp = true}));
  EXPECT_FALSE(parse_link(link_message("br0", 1, AF_BRIDGE).header()));
  for (const char* name : {"", "a b", "a/b", "..", "sixteen-letters!"}) {
    EXPECT_FALSE(parse_link(link_message(name, 1).header())) << name;
  }
}

TEST(Codec, ContradictionsAreRefused) {
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_dst_len = 33;
  Message too_long(RTM_NEWROUTE, 0, header);
  EXPECT_FALSE(parse_route(too_long.header()));
  header.rtm_dst_len = 24;
  Message other_family(RTM_NEWROUTE, 0, header);
  other_family.put(RTA_DST, address("2001:db8::"));
  EXPECT_FALSE(parse_route(other_family.header()));
  Message five_bytes(RTM_NEWROUTE, 0, header);
  five_bytes.put(RTA_DST, std::vector<std::uint8_t>{1, 2, 3, 4, 5});
  EXPECT_FALSE(parse_route(five_bytes.header()));
  header.rtm_family = AF_UNIX;
  EXPECT_FALSE(parse_route(Message(RTM_NEWROUTE, 0, header).header()));
}

template <class Parse>
void survives_every_cut(const Message& message, Parse parse) {
  const std::size_t whole = message.header().nlmsg_len;
  for (std::size_t size = NLMSG_HDRLEN; size <= whole; ++size) {
    Bytes cut(message.header(), size);
    cut.header().nlmsg_len = static_cast<std::uint32_t>(size);
    static_cast<void>(parse(cut.header()));
  }
  // And every single byte of the body made something else.
  for (std::size_t at = NLMSG_HDRLEN; at < whole; ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
      Bytes changed(message.header(), whole);
      changed.raw()[at] = static_cast<std::uint8_t>(value);
      static_cast<void>(parse(changed.header()));
    }
  }
}

TEST(Codec, DamagedMessagesAreSurvived) {
  survives_every_cut(link_message("wwan0", 1), parse_link);
  survives_every_cut(route_message(RTM_NEWROUTE, 0,
                                   {.destination = prefix("2001:db8::/32"),
                                    .gateway = address("fe80::1"),
                                    .ifindex = 1,
                                    .source = address("2001:db8::1")}),
                     parse_route);
  survives_every_cut(
      rule_message(RTM_NEWRULE, 0,
                   {.priority = 1, .source = prefix("10.0.0.1/32"), .oif = "eth0", .table = 7}),
      parse_rule);
  survives_every_cut(
      address_message(RTM_NEWADDR, 0, {.ifindex = 1, .prefix = prefix("10.0.0.1/8")}),
      parse_address);
  ndmsg header{};
  header.ndm_family = AF_INET;
  header.ndm_ifindex = 3;
  Message neighbour(RTM_NEWNEIGH, 0, header);
  neighbour.put(NDA_DST, address("10.0.0.1"));
  survives_every_cut(neighbour, parse_neighbour);
}

TEST(NetdevName, IsWhatTheKernelTakes) {
  for (const char* name : {"eth0", "wwan0.100", "br-lan", "a@b", "123456789012345"}) {
    EXPECT_TRUE(valid_netdev_name(name)) << name;
  }
  for (const char* name : {"", ".", "..", "a/b", "a:b", "a b", "a\n", "1234567890123456"}) {
    EXPECT_FALSE(valid_netdev_name(name)) << name;
  }
  EXPECT_FALSE(valid_netdev_name(std::string_view("a\0b", 3)));
}

TEST(Codec, CountersOfKernelsOldAndNew) {
  rtnl_link_stats64 stats{};
  stats.rx_packets = 1;
  stats.tx_packets = std::uint64_t{1} << 40U;
  stats.rx_errors = 3;
  stats.tx_errors = 4;
  stats.tx_dropped = 5;
  const auto* data = reinterpret_cast<const std::uint8_t*>(&stats);
  const auto parsed = [&](std::size_t size) {
    Message message(RTM_NEWSTATS, 0, if_stats_msg{});
    std::vector<std::uint8_t> bytes(data, data + sizeof stats);
    bytes.resize(size);
    message.put(IFLA_STATS_LINK_64, bytes);
    return parse_counters(message.header());
  };
  const NetdevCounters expected{.tx_packets = stats.tx_packets,
                                .tx_errors = 4,
                                .tx_dropped = 5,
                                .rx_packets = 1,
                                .rx_errors = 3};
  EXPECT_EQ(parsed(sizeof stats), expected);
  EXPECT_EQ(parsed(sizeof stats + 16), expected);
  EXPECT_EQ(parsed(64), expected);
  EXPECT_EQ(parsed(56), std::nullopt);
}

}  // namespace
}  // namespace mwan::netlink
