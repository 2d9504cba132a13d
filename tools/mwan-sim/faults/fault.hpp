// SPDX-License-Identifier: LGPL-2.1-or-later
// The faults that modems in the field have shown, as plain values. catalogue.hpp says what each is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/time.hpp"

namespace mwan::sim {

// In the order of the catalogue.
enum class Fault : std::uint8_t {
  RequestHangs,
  ConsecutiveTimeouts,
  FirstCommandSwallowed,
  ClientIdsExhausted,
  ReleaseLostOnHangup,
  VanishesMidTransaction,
  ProxyDeath,
  MalformedLengths,
  UsbErrorStorm,
  TransmitStuck,
  SilentReset,
  NetworkDetach,
  SlowRecovery,
  NoReconnect,
  WrongApn,
  AttachBlocked,
  RoamingRefused,
  PartialGrant,
  StartAborted,
  LateDisconnect,
  MissingDisconnect,
  RawIpMismatch,
  MuxBroken,
  BindDataPortBroken,
  PcoCrashesFirmware,
  UnlockLooksLikeSwap,
  SimIllegal,
  PinTriesLow,
  PukRequired,
  LatePorts,
  ModeSwitchLoop,
  EmergencyDownload,
  NeedsPowerCycle,
  TetherDead,
  FccLock,
  StaleAfterSuspend,
  SecondManager,
  SlowAfterUpgrade,
};
constexpr std::size_t kFaults = 38;

// What a fault was asked to be like; which of these it takes, and what they are by default, is in
// the catalogue.
struct FaultArgs {
  std::optional<std::uint32_t> times;  // how often, or how many
  std::optional<Duration> time;        // a delay
  std::optional<Duration> gap;         // between attempts
  std::optional<std::uint16_t> cause;  // of 3GPP: EMM or ESM, as the fault has it
  std::optional<std::string> on;       // a request by its name: "wds.start-network"
  std::optional<std::string> apn;      // the one that is right
  std::optional<std::string> what;     // a variant of the fault
  std::optional<Duration> lasts;       // ends after that ("for=")
  bool operator==(const FaultArgs&) const = default;
};

struct FaultOrder {
  Fault fault{};
  FaultArgs args;
  bool operator==(const FaultOrder&) const = default;
};

}  // namespace mwan::sim
