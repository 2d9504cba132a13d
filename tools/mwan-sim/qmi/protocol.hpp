// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers of the QMI protocol. Values as in libqmi's QmiService and QmiProtocolError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mwan::sim::qmi {

enum class ServiceId : std::uint8_t {
  Ctl = 0x00,
  Wds = 0x01,
  Dms = 0x02,
  Nas = 0x03,
  Uim = 0x0B,
  Wda = 0x1A,
  Dsd = 0x2A,
};

enum class ProtocolError : std::uint16_t {
  None = 0,
  MalformedMessage = 1,
  Internal = 3,
  Aborted = 4,
  ClientIdsExhausted = 5,
  InvalidClientId = 7,
  NoThresholdsProvided = 8,
  InvalidHandle = 9,
  InvalidPinId = 11,
  IncorrectPin = 12,
  CallFailed = 14,
  OutOfCall = 15,
  MissingArgument = 17,
  InvalidTransactionId = 22,
  NoEffect = 26,
  InvalidServiceType = 31,
  InvalidRegisterAction = 32,
  InvalidPsAttachAction = 33,
  PinBlocked = 35,
  UimUninitialized = 37,
  InvalidArgument = 48,
  DeviceNotReady = 52,
  InvalidTransition = 60,
  InvalidIpFamilyPreference = 64,
  InvalidQmiCommand = 71,
  InformationUnavailable = 74,
  SimFileNotFound = 80,
};

// "nas.get-signal-info" to its numbers and back: scenario files and logs speak of messages so.
struct MessageRef {
  ServiceId service{};
  std::uint16_t message = 0;
  auto operator<=>(const MessageRef&) const = default;
};
std::optional<MessageRef> message_by_name(std::string_view name);
// The name, or service and number in hex for one that is not known.
std::string message_name(std::uint8_t service, std::uint16_t message);
std::string_view service_name(ServiceId service);

}  // namespace mwan::sim::qmi
