// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys of settings and profiles as data: one table each, which drives reading, error texts and
// docs/settings.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "failover/config/configuration.hpp"
#include "failover/config/value.hpp"

namespace mwan::failover {

// Which kinds of profile a key belongs to; settings keys are All. Wired are ethernet and pppoe,
// Dialled those that ask for a name and a password: modem and pppoe; Device those that are a device
// of their own: all but pppoe; NoModem those whose addresses come over ethernet frames or PPP.
enum class KeyFor { All, Ethernet, Modem, Pppoe, Wired, NoModem, Dialled, Device };
bool belongs_to(KeyFor key, LinkKind kind);
// "modem", "ethernet, pppoe"; for all of them "all".
std::string_view words(KeyFor key);
// As in KIND=.
std::string_view word(LinkKind kind);

struct KeyInfo {
  std::string_view name;
  ValueType type;
  // What counts when the key is not set, as one would write it; empty = nothing. For the keys that
  // have one, writing it changes nothing (a test holds the tables to that).
  std::string_view default_text;
  std::string_view help;
  KeyFor kind = KeyFor::All;
  bool required = false;  // for the kinds it belongs to
  bool secret = false;
};

// set is only called with a value that read_value() made for the key's type.
template <class Target>
struct Key : KeyInfo {
  void (*set)(Target&, const Value&) = nullptr;
};

const std::vector<Key<DaemonSettings>>& settings_keys();
const std::vector<Key<Profile>>& profile_keys();

// "did you mean X": the closest of the names, if one is close enough to be meant.
std::string_view nearest_key(std::string_view unknown, std::span<const std::string_view> names);

}  // namespace mwan::failover
