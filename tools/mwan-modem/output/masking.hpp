// SPDX-License-Identifier: LGPL-2.1-or-later
// Hides who a modem and its subscriber are in text that leaves the house. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mwan::tool {

enum class IdentityKind { Imei, Imsi, Iccid, Msisdn };

// Of one number alone: what names the maker (8 digits of an IMEI), the network (5 of an IMSI) or
// the issuer (6 of an ICCID) stays, the rest is stars. Empty stays empty.
std::string masked(IdentityKind kind, std::string_view digits);

// Over whole texts: the same value is the same everywhere, different values stay different.
class Masking {
 public:
  void know(IdentityKind kind, const std::string& digits);
  void hide_addresses() { addresses_ = true; }

  // Known identities become masked(...) with a number ("35824005*******#1"), any other run of 14 to
  // 20 digits "(15 digits)", and, where wanted, IP addresses "(ip 2)"; unspecified and loopback
  // addresses tell nothing and stay.
  std::string apply(std::string_view text);

 private:
  std::string digits(const std::string& run);
  std::string address(const std::string& word);

  std::map<std::string, std::string> known_;  // digits to what stands for them
  std::map<std::string, std::size_t> seen_addresses_;
  bool addresses_ = false;
};

}  // namespace mwan::tool
