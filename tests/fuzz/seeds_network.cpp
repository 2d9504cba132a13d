// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "failover/probe/icmp_packet.hpp"
#include "hal/process/report.hpp"
#include "netlink/codec.hpp"
#include "tests/fuzz/seeds.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::netlink;

IpPrefix prefix(std::string_view text) { return IpPrefix::parse(text).value_or(IpPrefix{}); }
IpAddress address(std::string_view text) { return IpAddress::parse(text).value_or(IpAddress{}); }

// kind: which parser the target chooses.
void add(Seeds& seeds, std::uint8_t kind, const Message& message) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&message.header());
  std::vector<std::uint8_t> input = {kind};
  input.insert(input.end(), bytes + NLMSG_HDRLEN, bytes + message.header().nlmsg_len);
  seeds.add("netlink", std::move(input));
}

Message link_message() {
  ifinfomsg header{};
  header.ifi_index = 3;
  header.ifi_flags = 0x10043;  // up, running, lower up
  Message message(RTM_NEWLINK, 0, header);
  message.put_string(IFLA_IFNAME, "wwan0");
  message.put_u32(IFLA_MTU, 1430);
  return message;
}

Message neighbour_message() {
  ndmsg header{};
  header.ndm_family = 2;  // AF_INET
  header.ndm_ifindex = 3;
  header.ndm_state = NUD_REACHABLE;
  Message message(RTM_NEWNEIGH, 0, header);
  message.put(NDA_DST, address("192.0.2.1"));
  return message;
}

Message counters_message() {
  if_stats_msg header{};
  header.ifindex = 3;
  Message message(RTM_NEWSTATS, 0, header);
  const std::vector<std::uint8_t> stats(sizeof(rtnl_link_stats64), 1);
  message.put(IFLA_STATS_LINK_64, stats);
  return message;
}

void add_icmp(Seeds& seeds) {
  using mwan::failover::encode_request;
  const auto request =
      encode_request(IpFamily::V4, {.id = 0x1234, .sequence = 7, .token = 0x0102030405060708});
  std::vector<std::uint8_t> reply(request.begin(), request.end());
  reply[0] = 0;   // echo reply: the sum grows by what the type lost
  reply[2] += 8;  // without a carry in this example
  seeds.add("icmp", reply);
  std::vector<std::uint8_t> packet = {0x45, 0, 0,   36, 0, 0, 0,   0, 64, 1,
                                      0,    0, 192, 0,  2, 1, 192, 0, 2,  2};
  packet.insert(packet.end(), reply.begin(), reply.end());
  seeds.add("icmp", packet);
  const auto six = encode_request(IpFamily::V6, {.id = 0x1234, .sequence = 7, .token = 1});
  reply.assign(six.begin(), six.end());
  reply[0] = 129;
  seeds.add("icmp", reply);
}

// One router, twice: with a prefix, an MTU and a name server, and with lifetime 0.
void add_ra(Seeds& seeds) {
  std::vector<std::uint8_t> input = {1, 0, 40, 134, 0, 0, 0, 64, 0x80, 7,
                                     8, 0, 0,  0,   0, 0, 0, 0,  0};
  for (const std::uint8_t byte : {3, 4, 64, 0xc0, 0, 0, 0x1c, 0x20, 0, 0, 0x0e, 0x10, 0, 0, 0, 0}) {
    input.push_back(byte);
  }
  const auto put = [&input](std::string_view text) {
    const IpAddress value = address(text);
    input.insert(input.end(), value.bytes().begin(), value.bytes().end());
  };
  put("2001:db8:1::");
  for (const std::uint8_t byte : {5, 1, 0, 0, 0, 0, 5, 0xd4}) input.push_back(byte);
  for (const std::uint8_t byte : {25, 3, 0, 0, 0, 0, 2, 0x58}) input.push_back(byte);
  put("2001:db8::53");
  for (const std::uint8_t byte : {1, 1, 8, 134, 0, 0, 0, 64, 0, 0, 0}) input.push_back(byte);
  input.resize(input.size() + 8);
  seeds.add("ra", input);
}

void add_reports(Seeds& seeds) {
  const std::vector<std::string_view> lease = {
      "reason=BOUND",
      "protocol=dhcp",
      "interface=eth1",
      "new_ip_address=192.0.2.120",
      "new_subnet_cidr=24",
      "new_routers=192.0.2.1",
      "new_classless_static_routes=10.0.0.0/8 192.0.2.9 0.0.0.0/0 192.0.2.1",
      "new_domain_name_servers=192.0.2.53 192.0.2.54",
      "new_interface_mtu=1400",
      "new_dhcp_lease_time=120",
      "new_dhcp_server_identifier=192.0.2.1"};
  seeds.add("lease", encode_report("mwan-tell", {}, lease));
  seeds.add("lease", encode_report("mwan-tell", {}, {"reason=NAK", "protocol=dhcp"}));
  seeds.add("lease", encode_report("mwan-tell", {},
                                   {"reason=BOUND6", "protocol=dhcp6", "interface=eth1",
                                    "new_dhcp6_ia_na1_ia_addr1=2001:db8::1ba",
                                    "new_dhcp6_ia_na1_ia_addr1_vltime=120",
                                    "new_dhcp6_name_servers=2001:db8::53"}));
  seeds.add("lease",
            encode_report("/etc/ppp/ip-up", {"ppp0", "eth1", "0", "10.64.0.100", "10.64.0.1", ""},
                          {"DNS1=192.0.2.53", "DNS2=192.0.2.54"}));
}

}  // namespace

void add_network_seeds(Seeds& seeds) {
  add(seeds, 0, link_message());
  for (const char* text : {"192.0.2.7/24", "2001:db8::7/64"}) {
    add(seeds, 1, address_message(RTM_NEWADDR, 0, {.ifindex = 3, .prefix = prefix(text)}));
  }
  add(seeds, 2,
      route_message(RTM_NEWROUTE, 0,
                    {.destination = prefix("0.0.0.0/0"),
                     .gateway = address("192.0.2.1"),
                     .ifindex = 3,
                     .table = 7701,
                     .metric = 5,
                     .source = address("192.0.2.2")}));
  add(seeds, 2,
      route_message(RTM_NEWROUTE, 0,
                    {.destination = prefix("2001:db8::/32"),
                     .gateway = address("fe80::1"),
                     .ifindex = 9,
                     .table = 70000}));
  Rule rule;
  rule.priority = 7701;
  rule.source = prefix("192.0.2.7/32");
  rule.table = 7701;
  rule.mark = 0x10000;
  rule.oif = "wwan0";
  rule.suppress_prefix_length = 0;
  add(seeds, 3, rule_message(RTM_NEWRULE, 0, rule));
  add(seeds, 4, counters_message());
  add(seeds, 5, neighbour_message());
  add_icmp(seeds);
  add_ra(seeds);
  add_reports(seeds);
}

}  // namespace mwan::fuzz
