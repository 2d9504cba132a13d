// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/words.hpp"

#include <array>

#include <fmt/format.h>

namespace mwan::tool {
namespace {

struct Names {
  std::string_view token;
  std::string_view words;
};
// In the order of the enumerators, from 0 on.
constexpr std::array<Names, 6> kRats = {{{"unknown", "unknown"},
                                         {"gsm", "GSM"},
                                         {"umts", "UMTS"},
                                         {"lte", "LTE"},
                                         {"nr-nsa", "5G beside LTE"},
                                         {"nr-sa", "5G"}}};
constexpr std::array<Names, 6> kRegistrations = {{{"unknown", "not known"},
                                                  {"not-registered", "not registered"},
                                                  {"searching", "searching for a network"},
                                                  {"home", "registered at home"},
                                                  {"roaming", "registered, roaming"},
                                                  {"denied", "refused by the network"}}};
constexpr std::array<Names, 3> kPacketServices = {
    {{"unknown", "not known"}, {"detached", "detached"}, {"attached", "attached"}}};
constexpr std::array<Names, 4> kRadios = {{{"on", "on"},
                                           {"off", "off, by software"},
                                           {"hardware-off", "off, by a switch"},
                                           {"vendor-locked", "locked by the vendor"}}};
constexpr std::array<Names, 10> kSims = {{{"starting", "starting"},
                                          {"ready", "ready"},
                                          {"absent", "absent"},
                                          {"faulty", "faulty"},
                                          {"pin-required", "its PIN is needed"},
                                          {"puk-required", "its PUK is needed"},
                                          {"blocked", "blocked for good"},
                                          {"illegal", "refused by the network"},
                                          {"network-locked", "the modem is locked to a network"},
                                          {"no-profile", "no eSIM profile is enabled"}}};
constexpr std::array<Names, 2> kFamilies = {{{"ipv4", "IPv4"}, {"ipv6", "IPv6"}}};

template <std::size_t N, class E>
const Names& names(const std::array<Names, N>& table, E value) {
  return table.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view token(Rat rat) { return names(kRats, rat).token; }
std::string_view token(RegistrationState state) { return names(kRegistrations, state).token; }
std::string_view token(PacketServiceState state) { return names(kPacketServices, state).token; }
std::string_view token(RadioPower power) { return names(kRadios, power).token; }
std::string_view token(SimState state) { return names(kSims, state).token; }
std::string_view token(IpFamily family) { return names(kFamilies, family).token; }

std::string_view words(Rat rat) { return names(kRats, rat).words; }
std::string_view words(RegistrationState state) { return names(kRegistrations, state).words; }
std::string_view words(PacketServiceState state) { return names(kPacketServices, state).words; }
std::string_view words(RadioPower power) { return names(kRadios, power).words; }
std::string_view words(SimState state) { return names(kSims, state).words; }
std::string_view words(IpFamily family) { return names(kFamilies, family).words; }

std::string sentence(const Registration& registration) {
  std::string out(words(registration.state));
  const std::string& name = registration.operator_name;
  const std::string& plmn = registration.plmn;
  if (!name.empty() && !plmn.empty()) {
    out += fmt::format(" in {} ({})", name, plmn);
  } else if (!name.empty() || !plmn.empty()) {
    out += fmt::format(" in {}", name.empty() ? plmn : name);
  }
  if (registration.rat != Rat::Unknown) out += fmt::format(", {}", words(registration.rat));
  return out;
}

std::string band_of_channel(Rat rat, std::uint32_t channel) {
  const auto band = band_of(rat, channel);
  return band ? band_name(rat, *band) : std::string();
}

std::string sentence(const ActiveBand& carrier) {
  std::string out(words(carrier.rat));
  if (carrier.band) {
    const std::string name = band_name(carrier.rat, *carrier.band);
    out = carrier.rat == Rat::Gsm ? name : out + ' ' + name;
  }
  if (carrier.channel) out += fmt::format(", channel {}", *carrier.channel);
  if (carrier.bandwidth_mhz) out += fmt::format(", {:g} MHz wide", *carrier.bandwidth_mhz);
  return out;
}

}  // namespace mwan::tool
