// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/words.hpp"

#include <algorithm>
#include <array>
#include <iterator>

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

struct Band {
  std::uint32_t first;
  std::uint32_t last;
  int number;
  int mhz;
};
// Ascending by first.
constexpr Band kLteBands[] = {
    {0, 599, 1, 2100},        {600, 1199, 2, 1900},     {1200, 1949, 3, 1800},
    {1950, 2399, 4, 1700},    {2400, 2649, 5, 850},     {2750, 3449, 7, 2600},
    {3450, 3799, 8, 900},     {4150, 4749, 10, 1700},   {4750, 4949, 11, 1500},
    {5010, 5179, 12, 700},    {5180, 5279, 13, 700},    {5280, 5379, 14, 700},
    {5730, 5849, 17, 700},    {5850, 5999, 18, 850},    {6000, 6149, 19, 850},
    {6150, 6449, 20, 800},    {6450, 6599, 21, 1500},   {6600, 7399, 22, 3500},
    {8040, 8689, 25, 1900},   {8690, 9039, 26, 850},    {9210, 9659, 28, 700},
    {9660, 9769, 29, 700},    {9770, 9869, 30, 2300},   {9870, 9919, 31, 450},
    {9920, 10359, 32, 1500},  {36000, 36199, 33, 2100}, {36200, 36349, 34, 2100},
    {37750, 38249, 38, 2600}, {38250, 38649, 39, 1900}, {38650, 39649, 40, 2300},
    {39650, 41589, 41, 2500}, {41590, 43589, 42, 3500}, {43590, 45589, 43, 3700},
    {46790, 54539, 46, 5200}, {55240, 56739, 48, 3600}, {65536, 66435, 65, 2100},
    {66436, 67335, 66, 1700}, {67336, 67535, 67, 700},  {67536, 67835, 68, 700},
    {68586, 68935, 71, 600},  {68936, 68985, 72, 450}};

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

std::string band_of(Rat rat, std::uint32_t arfcn) {
  if (rat != Rat::Lte) return {};
  const auto* const after = std::ranges::upper_bound(kLteBands, arfcn, {}, &Band::first);
  if (after == std::begin(kLteBands)) return {};
  const Band& band = *std::prev(after);
  if (arfcn > band.last) return {};
  return fmt::format("band {} ({} MHz)", band.number, band.mhz);
}

}  // namespace mwan::tool
