// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/providers/apn.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

namespace mwan {
namespace {

// APNs are compared as domain names are (3GPP TS 23.003 section 9.1).
bool same_apn(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool same_settings(const ApnEntry& a, const ApnEntry& b) {
  return same_apn(a.apn, b.apn) && a.username == b.username && a.password == b.password;
}

std::size_t providers_with(std::span<const ApnEntry* const> entries, const std::string& apn) {
  std::set<std::string_view> names;
  for (const ApnEntry* one : entries) {
    if (same_apn(one->apn, apn)) names.insert(one->provider);
  }
  return names.size();
}

}  // namespace

ApnChoice choose_apn(std::span<const ApnEntry> entries) {
  std::vector<const ApnEntry*> internet;
  std::vector<const ApnEntry*> different;
  std::set<std::string_view> providers;
  for (const ApnEntry& one : entries) {
    if (one.usage != ApnUsage::Internet) continue;
    internet.push_back(&one);
    providers.insert(one.provider);
    const bool known = std::any_of(different.begin(), different.end(), [&](const ApnEntry* other) {
      return same_settings(*other, one);
    });
    if (!known) different.push_back(&one);
  }
  if (internet.empty()) {
    return {{}, false, "no APN for the internet is listed for this network: set APN"};
  }
  const auto rank = [&](const ApnEntry* one) {
    return std::tuple(providers_with(internet, one->apn), one->primary);
  };
  const ApnEntry* best = internet.front();
  for (const ApnEntry* one : internet) {
    if (rank(one) > rank(best)) best = one;
  }
  const std::string named = fmt::format("{} ({})", best->apn, best->provider);
  if (different.size() == 1) {
    return {*best, true, named + " is the only APN listed for this network"};
  }
  const std::size_t common = providers_with(internet, best->apn);
  const std::string why =
      common > 1
          ? fmt::format("is listed by {} of {} providers of this network", common, providers.size())
      : best->primary ? std::string("is what the network itself lists")
                      : std::string("is listed first for this network");
  return {*best, false,
          fmt::format("{} {}, one of {} possible settings: set APN if it is the wrong one", named,
                      why, different.size())};
}

}  // namespace mwan
