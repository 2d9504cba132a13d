// SPDX-License-Identifier: LGPL-2.1-or-later
// Enumerators by the names they have in the decision log.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/policy.hpp"

namespace mwan::failover {

// In the order of the enumerators, from 0 on.
template <class E>
inline constexpr std::array<std::string_view, 0> enum_names{};

template <>
inline constexpr std::array<std::string_view, 4> enum_names<LinkKind>{"ethernet", "modem", "tether",
                                                                      "pppoe"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Standby>{"hot", "warm", "cold"};
template <>
inline constexpr std::array<std::string_view, 2> enum_names<Evidence>{"all", "pings"};
template <>
inline constexpr std::array<std::string_view, 2> enum_names<Families>{"together", "apart"};
template <>
inline constexpr std::array<std::string_view, 2> enum_names<LinkLevel>{"ready", "up"};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<LinkVerdict>{
    "down", "ready", "unproven", "suspect", "good"};
template <>
inline constexpr std::array<std::string_view, 6> enum_names<CommandKind>{
    "failover", "failback", "pause", "resume", "maintenance-on", "maintenance-off"};
template <>
inline constexpr std::array<std::string_view, 2> enum_names<IpFamily>{"ipv4", "ipv6"};
template <>
inline constexpr std::array<std::string_view, 6> enum_names<Rat>{"unknown", "gsm",    "umts",
                                                                 "lte",     "nr-nsa", "nr-sa"};
template <>
inline constexpr std::array<std::string_view, 6> enum_names<RegistrationState>{
    "unknown", "not-registered", "searching", "home", "roaming", "denied"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<PacketServiceState>{
    "unknown", "detached", "attached"};
template <>
inline constexpr std::array<std::string_view, 4> enum_names<BearerState>{
    "disconnected", "connecting", "connected", "disconnecting"};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<fact::Nud>{
    "unknown", "reachable", "stale", "probing", "failed"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<fact::Flow>{"answered", "unanswered",
                                                                        "silent"};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<FailureClass>{
    "permanent", "throttled", "transient", "gone", "cancelled"};

template <class E>
constexpr std::string_view enum_name(E value) {
  static_assert(!enum_names<E>.empty(), "the enumeration has no names");
  return enum_names<E>.at(static_cast<std::size_t>(value));
}
template <class E>
constexpr std::optional<E> enum_named(std::string_view text) {
  const auto at = std::ranges::find(enum_names<E>, text);
  if (at == enum_names<E>.end()) return std::nullopt;
  return static_cast<E>(at - enum_names<E>.begin());
}

// The engine names these itself.
inline std::string_view enum_name(State value) { return name(value); }
inline std::string_view enum_name(Trigger value) { return name(value); }
inline std::string_view enum_name(Step value) { return name(value); }
template <>
inline std::optional<State> enum_named<State>(std::string_view text) {
  return state_named(text);
}
template <>
inline std::optional<Trigger> enum_named<Trigger>(std::string_view text) {
  return trigger_named(text);
}
template <>
inline std::optional<Step> enum_named<Step>(std::string_view text) {
  return step_named(text);
}

}  // namespace mwan::failover
