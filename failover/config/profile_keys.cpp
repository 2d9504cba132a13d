// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>

#include "failover/config/key_setters.hpp"
#include "failover/config/keys.hpp"

namespace mwan::failover {

namespace {

using namespace value_type;

constexpr std::array kinds = {LinkKind::Ethernet, LinkKind::Modem, LinkKind::Pppoe,
                              LinkKind::Tether};
constexpr std::array<std::string_view, kinds.size()> kind_words = {"ethernet", "modem", "pppoe",
                                                                   "tether"};

struct Flags {
  bool required = false;
  bool secret = false;
};

class Table {
 public:
  void add(KeyFor kind, std::string_view name, ValueType type, std::string_view default_text,
           std::string_view help, void (*set)(Profile&, const Value&), Flags flags = {}) {
    Key<Profile> key;
    key.name = name;
    key.type = std::move(type);
    key.default_text = default_text;
    key.help = help;
    key.kind = kind;
    key.required = flags.required;
    key.secret = flags.secret;
    key.set = set;
    keys.push_back(std::move(key));
  }
  std::vector<Key<Profile>> keys;
};

void add_common(Table& table) {
  // Kinds without a driver are not accepted.
  table.add(
      KeyFor::All, "KIND", Choice{{kind_words.begin(), kind_words.end()}, {}}, "",
      "what the link is",
      [](Profile& p, const Value& v) { p.kind = kinds.at(static_cast<std::size_t>(as_number(v))); },
      {.required = true});
  table.add(KeyFor::All, "PRIORITY", Integer{1, 1000, ""}, "",
            "the profile with the lowest number is the primary; no two may have the same",
            [](Profile& p, const Value& v) { p.priority = as<int>(v); }, {.required = true});
  table.add(
      KeyFor::All, "NETDEV", InterfaceName{}, "",
      "the network interface; needed for ethernet without MATCH, for pppoe (which runs over it) "
      "and for a simulated modem, otherwise a modem's is found through its DEVICE",
      [](Profile& p, const Value& v) { p.netdev = as_text(v); });
  table.add(
      KeyFor::Device, "MATCH", Text{1, 400, ".:,_@#+/-"}, "",
      "instead of NETDEV and DEVICE: by what the device is known again, wherever it is plugged "
      "in and whatever it is named then: any (a modem, a tether), or of usb:VENDOR[:PRODUCT], "
      "serial:NUMBER, path:ID_PATH and mac:ADDRESS one or several separated by commas "
      "(docs/hotplug.md)",
      [](Profile& p, const Value& v) { p.match = as_text(v); });
  table.add(
      KeyFor::All, "STANDBY", Choice{{"hot", "warm", "cold"}, {}}, "hot",
      "how ready the link is kept while another one carries the traffic: hot is connected "
      "and probed; warm, for a modem, is registered and attached and connects when the active "
      "link is in doubt (ethernet has nothing to wait with: the same as hot); cold is started "
      "only then",
      [](Profile& p, const Value& v) { p.standby = as<Standby>(v); });
  table.add(KeyFor::All, "METERED", YesNo{}, "no",
            "whether every byte costs money; of a tether yes when not set",
            [](Profile& p, const Value& v) { p.metered = as_number(v) != 0; });
  append_probe_keys(table.keys, false);
}

void add_ethernet(Table& table) {
  const auto add = [&](std::string_view name, ValueType type, std::string_view default_text,
                       std::string_view help, void (*set)(Profile&, const Value&)) {
    table.add(KeyFor::Ethernet, name, std::move(type), default_text, help, set);
  };
  add("ADDRESSING", Choice{{"static", "dhcp"}, {}}, "static",
      "where the IPv4 address comes from: ADDRESS and GATEWAY, or the provider's DHCP server "
      "(docs/links.md)",
      [](Profile& p, const Value& v) { p.ethernet.addressing = as<Addressing>(v); });
  add("DHCP_HOSTNAME", Text{1, 63, "-."}, "", "the name the DHCP server is told; none when not set",
      [](Profile& p, const Value& v) { p.ethernet.dhcp_hostname = as_text(v); });
  add("DHCP_CLIENT_ID", Text{1, 64, ":-_."}, "",
      "what some providers know a customer by: text, or bytes as 01:02:03; the hardware address "
      "when not set",
      [](Profile& p, const Value& v) { p.ethernet.dhcp_client_id = as_text(v); });
  add("ADDRESS", AddressWithPrefix{IpFamily::V4}, "", "our IPv4 address",
      [](Profile& p, const Value& v) { p.ethernet.address = std::get<IpPrefix>(v); });
  add("GATEWAY", Address{IpFamily::V4}, "", "the IPv4 gateway, within ADDRESS's network",
      [](Profile& p, const Value& v) { p.ethernet.gateway = std::get<IpAddress>(v); });
  add("ADDRESS6", AddressWithPrefix{IpFamily::V6}, "", "our IPv6 address",
      [](Profile& p, const Value& v) { p.ethernet.address6 = std::get<IpPrefix>(v); });
  add("GATEWAY6", Address{IpFamily::V6}, "",
      "the IPv6 gateway, link-local or within ADDRESS6's network",
      [](Profile& p, const Value& v) { p.ethernet.gateway6 = std::get<IpAddress>(v); });
  table.add(KeyFor::NoModem, "IPV6", Choice{{"auto", "static", "off"}, {}}, "",
            "where IPv6 comes from: what routers advertise, with DHCPv6 where they say so; "
            "ADDRESS6 and GATEWAY6; or nowhere. When not set: static with ADDRESS6, otherwise auto "
            "with ADDRESSING=dhcp, for pppoe and for a tether (docs/links.md)",
            [](Profile& p, const Value& v) { p.ipv6 = static_cast<Ipv6>(as_number(v) + 1); });
  add("DNS", AddressList{4}, "", "the provider's name servers",
      [](Profile& p, const Value& v) { p.ethernet.dns = std::get<std::vector<IpAddress>>(v); });
  table.add(KeyFor::Wired, "MTU", Integer{576, 9216, "bytes"}, "",
            "the interface's own when not set; of pppoe 1492, which is also the most",
            [](Profile& p, const Value& v) {
              p.ethernet.mtu = as<std::uint32_t>(v);
              p.pppoe.mtu = as<std::uint32_t>(v);
            });
  add("CARRIER_DEBOUNCE_MS", Integer{0, 10000, "ms"}, "0",
      "a loss of carrier shorter than this is not acted on",
      [](Profile& p, const Value& v) { p.ethernet.carrier_debounce = as_ms(v); });
}

void add_modem(Table& table) {
  const auto add = [&](std::string_view name, ValueType type, std::string_view default_text,
                       std::string_view help, void (*set)(Profile&, const Value&),
                       Flags flags = {}) {
    table.add(KeyFor::Modem, name, std::move(type), default_text, help, set, flags);
  };
  add("DEVICE", DevicePath{}, "", "the modem's control device; needed without MATCH",
      [](Profile& p, const Value& v) { p.modem.device = as_text(v); });
  add("PROTOCOL", Choice{{"auto", "qmi", "mbim"}, {}}, "auto",
      "what the modem speaks; auto: what its kernel driver speaks, and QMI for a simulated one",
      [](Profile& p, const Value& v) { p.modem.protocol = as<ModemProtocol>(v); });
  // Labels of letters, digits and hyphens, at most 100 octets (3GPP TS 23.003 section 9.1);
  // networks with an underscore in an APN exist.
  add("APN", Text{1, 100, "._-"}, "", "the access point name; the network's default when not set",
      [](Profile& p, const Value& v) { p.modem.apn = as_text(v); });
  add("AUTH", Choice{{"none", "pap", "chap"}, {}}, "none", "how the APN asks who we are",
      [](Profile& p, const Value& v) { p.modem.auth = as<Auth>(v); });
  table.add(KeyFor::Dialled, "USERNAME", Text{1, 127, ""}, "",
            "who we are, for a modem with AUTH pap or chap and for pppoe",
            [](Profile& p, const Value& v) { p.modem.username = p.pppoe.username = as_text(v); });
  table.add(
      KeyFor::Dialled, "PASSWORD", Text{1, 127, ""}, "", "the password beside USERNAME",
      [](Profile& p, const Value& v) { p.modem.password = p.pppoe.password = Secret(as_text(v)); },
      {.secret = true});
  // 3GPP TS 31.101 section 9.5: a PIN has 4 to 8 digits.
  add("PIN", Digits{4, 8}, "", "PIN of the SIM, if it asks for one",
      [](Profile& p, const Value& v) { p.modem.pin = Secret(as_text(v)); }, {.secret = true});
  add("ROAMING", YesNo{}, "no", "whether data may be used in a foreign network",
      [](Profile& p, const Value& v) { p.modem.roaming = as_number(v) != 0; });
  add("IP_FAMILY", Choice{{"ipv4", "ipv6", "ipv4v6"}, {}}, "ipv4v6",
      "what is asked for; of ipv4v6 one is enough",
      [](Profile& p, const Value& v) { p.modem.ip_families = as<IpFamilies>(v); });
  add("QMI_PROXY", Text{1, 100, "._-"}, "qmi-proxy",
      "abstract unix socket of the QMI proxy that the modem is reached through",
      [](Profile& p, const Value& v) { p.modem.qmi_proxy = as_text(v); });
  add("QUIRKS", Text{1, 400, "!-=,. "}, "",
      "what the firmware does otherwise than others, over what is known of it (docs/quirks.md)",
      [](Profile& p, const Value& v) { p.modem.quirks = as_text(v); });
  add("POWER_HOOK", AbsolutePath{}, "",
      "program that cycles the modem's power, called as `PROGRAM cycle LINK USB-PATH` when nothing "
      "else helps; root's, and writable by nobody else",
      [](Profile& p, const Value& v) { p.modem.power_hook = as_text(v); });
  add("SIMULATED", YesNo{}, "no",
      "the modem is a simulator behind its proxy: there is no device file",
      [](Profile& p, const Value& v) { p.modem.simulated = as_number(v) != 0; });
}

void add_pppoe(Table& table) {
  const auto add = [&](std::string_view name, std::string_view help,
                       void (*set)(Profile&, const Value&)) {
    table.add(KeyFor::Pppoe, name, Text{1, 64, ""}, "", help, set);
  };
  add("SERVICE_NAME", "the service that is asked for; any when not set",
      [](Profile& p, const Value& v) { p.pppoe.service_name = as_text(v); });
  add("AC_NAME", "the access concentrator that must answer; any when not set",
      [](Profile& p, const Value& v) { p.pppoe.ac_name = as_text(v); });
}

}  // namespace

bool belongs_to(KeyFor key, LinkKind kind) {
  switch (key) {
    case KeyFor::All:
      return true;
    case KeyFor::Ethernet:
      return kind == LinkKind::Ethernet;
    case KeyFor::Modem:
      return kind == LinkKind::Modem;
    case KeyFor::Pppoe:
      return kind == LinkKind::Pppoe;
    case KeyFor::Wired:
      return kind == LinkKind::Ethernet || kind == LinkKind::Pppoe;
    case KeyFor::NoModem:
      return kind != LinkKind::Modem;
    case KeyFor::Dialled:
      return kind == LinkKind::Modem || kind == LinkKind::Pppoe;
    case KeyFor::Device:
      return kind != LinkKind::Pppoe;
  }
  return false;
}

std::string_view words(KeyFor key) {
  switch (key) {
    case KeyFor::All:
      return "all";
    case KeyFor::Ethernet:
      return "ethernet";
    case KeyFor::Modem:
      return "modem";
    case KeyFor::Pppoe:
      return "pppoe";
    case KeyFor::Wired:
      return "ethernet, pppoe";
    case KeyFor::NoModem:
      return "ethernet, pppoe, tether";
    case KeyFor::Dialled:
      return "modem, pppoe";
    case KeyFor::Device:
      return "ethernet, modem, tether";
  }
  return "";
}

std::string_view word(LinkKind kind) {
  const auto found = std::ranges::find(kinds, kind);
  return found == kinds.end() ? "" : kind_words.at(static_cast<std::size_t>(found - kinds.begin()));
}

const std::vector<Key<Profile>>& profile_keys() {
  static const auto keys = [] {
    Table table;
    add_common(table);
    add_ethernet(table);
    add_modem(table);
    add_pppoe(table);
    return std::move(table.keys);
  }();
  return keys;
}

}  // namespace mwan::failover
