// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/primary.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>

#include <fmt/format.h>

#include "hal/number.hpp"

namespace mwan::failover::ipfire {
namespace {

constexpr std::array<std::string_view, 8> ppp_types = {"pppoe",  "pptp", "vdsl",     "modem",
                                                       "serial", "qmi",  "pppoeatm", "pptpatm"};
constexpr std::uint32_t least_mtu = 576;
constexpr std::uint32_t most_pppoe_mtu = 1492;  // RFC 2516 section 7

tl::unexpected<Error> wrong(std::string_view key, const std::string& why) {
  return failed(FailureClass::Permanent, std::string(key), why);
}

// What dev_valid_name() of the kernel accepts, as far as a settings file can hold it.
bool is_device(std::string_view name) {
  return !name.empty() && name.size() <= 15 && name != "." && name != ".." &&
         name.find_first_of("/: ") == std::string_view::npos;
}

// "255.255.255.0" is 24.
std::optional<std::uint8_t> prefix_length(const std::string& text) {
  const auto mask = IpAddress::parse(text);
  if (!mask || mask->family() != IpFamily::V4) return std::nullopt;
  std::uint32_t bits = 0;
  for (const std::uint8_t byte : mask->bytes()) bits = (bits << 8U) | byte;
  const int ones = std::countl_one(bits);
  if (std::popcount(bits) != ones) return std::nullopt;
  return static_cast<std::uint8_t>(ones);
}

// IPFire names network devices by their hardware address, which modems have none of: they get
// 02:ff:ff:ff:ff:NN, with the number of their control port.
std::string control_of(std::string_view address) {
  constexpr std::string_view of_modems = "02:ff:ff:ff:ff:";
  constexpr int hexadecimal = 16;
  if (address.size() != of_modems.size() + 2) return "";
  const bool same = std::ranges::equal(
      of_modems, address.substr(0, of_modems.size()),
      [](char wanted, unsigned char c) { return wanted == static_cast<char>(std::tolower(c)); });
  const auto number = whole_number<std::uint8_t>(address.substr(of_modems.size()), hexadecimal);
  return same && number ? fmt::format("/dev/cdc-wdm{}", *number) : "";
}

Status read_static(const SettingsFile& ethernet, Primary& out) {
  const auto address = IpAddress::parse(ethernet.get("RED_ADDRESS"));
  if (!address || address->family() != IpFamily::V4 || address->is_unspecified()) {
    return wrong("RED_ADDRESS", "is no IPv4 address, which RED_TYPE=STATIC needs");
  }
  const auto length = prefix_length(ethernet.get("RED_NETMASK"));
  if (!length) return wrong("RED_NETMASK", "is no network mask such as 255.255.255.0");
  const auto gateway = IpAddress::parse(ethernet.get("DEFAULT_GATEWAY"));
  if (!gateway || gateway->family() != IpFamily::V4 || gateway->is_unspecified()) {
    return wrong("DEFAULT_GATEWAY", "is no IPv4 address, which RED_TYPE=STATIC needs");
  }
  out.address = IpPrefix{*address, *length};
  out.gateway = gateway;
  return {};
}

Status read_ppp(const SettingsFile& ppp, Primary& out) {
  out.ppp_type = ppp.get("TYPE");
  if (std::ranges::find(ppp_types, out.ppp_type) == ppp_types.end()) {
    return wrong("TYPE", fmt::format("\"{}\" is no kind of connection that IPFire knows ({})",
                                     out.ppp_type, fmt::join(ppp_types, ", ")));
  }
  out.type = out.ppp_type == "pppoe" ? PrimaryType::Pppoe
             : out.ppp_type == "qmi" ? PrimaryType::Qmi
                                     : PrimaryType::OtherPppd;
  out.username = ppp.get("USERNAME");
  out.password = Secret(ppp.get("PASSWORD"));
  out.service_name = ppp.get("SERVICENAME");
  out.ac_name = ppp.get("CONCENTRATORNAME");
  out.apn = ppp.get("APN");
  out.auth = ppp.get("AUTH");
  const auto mtu = whole_number<std::uint32_t>(ppp.get("MTU"));
  if (mtu && *mtu >= least_mtu) out.mtu = std::min(*mtu, most_pppoe_mtu);
  return {};
}

}  // namespace

std::string connection_type(const Primary& primary) {
  if (primary.type == PrimaryType::Static) return "STATIC";
  if (primary.type == PrimaryType::Dhcp) return "DHCP";
  std::string out = primary.ppp_type;
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

Result<Primary> detect_primary(const SettingsFile& ethernet, const SettingsFile& ppp) {
  Primary out;
  out.device = ethernet.get("RED_DEV");
  const std::string type = ethernet.get("RED_TYPE");
  if (type != "STATIC" && type != "DHCP" && type != "PPPOE") {
    return wrong("RED_TYPE", type.empty()
                                 ? "is not set: IPFire's setup has not given RED a card yet"
                                 : "\"" + type + "\" is none of STATIC, DHCP and PPPOE");
  }
  Status read;
  if (type == "STATIC") {
    read = read_static(ethernet, out);
  } else if (type == "DHCP") {
    out.type = PrimaryType::Dhcp;
    out.hostname = ethernet.get("RED_DHCP_HOSTNAME");
  } else {
    read = read_ppp(ppp, out);
    if (out.type == PrimaryType::Qmi) out.control = control_of(ethernet.get("RED_MACADDR"));
  }
  if (!read) return failed(read.error());
  // Modems on a serial line are the only ones without a network card.
  const bool serial = out.ppp_type == "modem" || out.ppp_type == "serial";
  if (!is_device(out.device) && !(serial && out.device.empty())) {
    return wrong("RED_DEV", out.device.empty() ? "is not set: RED has no network card"
                                               : "is no name of a network card");
  }
  return out;
}

}  // namespace mwan::failover::ipfire
