// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers of the MBIM protocol: services, commands, status codes. Values as in libmbim's
// MbimService, MbimCid* and MbimStatusError.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/mwan-sim/mbim/message.hpp"

namespace mwan::sim::mbim {

enum class ServiceId : std::uint8_t {
  Device,  // messages that are no commands: open and close
  ProxyControl,
  BasicConnect,
  Extensions,  // Microsoft Basic Connect Extensions
  Atds,        // AT&T
  IntelFirmware,
  Quectel,
};

enum class Status : std::uint32_t {
  None = 0,
  Busy = 1,
  Failure = 2,
  SimNotInserted = 3,
  BadSim = 4,
  PinRequired = 5,
  PinDisabled = 6,
  NotRegistered = 7,
  ProvidersNotFound = 8,
  NoDeviceSupport = 9,
  ProviderNotVisible = 10,
  PacketServiceDetached = 12,
  MaxActivatedContexts = 13,
  NotInitialized = 14,
  ContextNotActivated = 16,
  RadioPowerOff = 20,
  InvalidParameters = 21,
  OperationNotAllowed = 28,
  ContextNotSupported = 38,
};

// MBIMEx: which extended layouts modem and hosts speak. 1.0 stands for none.
using Version = std::uint16_t;
constexpr Version kVersion1 = 0x0100;
constexpr Version kVersion2 = 0x0200;
constexpr Version kVersion3 = 0x0300;

struct MessageRef {
  ServiceId service{};
  std::uint32_t cid = 0;
  auto operator<=>(const MessageRef&) const = default;
};

namespace ref {
constexpr MessageRef kOpen{ServiceId::Device, 1};
constexpr MessageRef kClose{ServiceId::Device, 2};
constexpr MessageRef kProxyConfiguration{ServiceId::ProxyControl, 1};
constexpr MessageRef kProxyVersion{ServiceId::ProxyControl, 2};
constexpr MessageRef kDeviceCaps{ServiceId::BasicConnect, 1};
constexpr MessageRef kSubscriberReadyStatus{ServiceId::BasicConnect, 2};
constexpr MessageRef kRadioState{ServiceId::BasicConnect, 3};
constexpr MessageRef kPin{ServiceId::BasicConnect, 4};
constexpr MessageRef kPinList{ServiceId::BasicConnect, 5};
constexpr MessageRef kHomeProvider{ServiceId::BasicConnect, 6};
constexpr MessageRef kPreferredProviders{ServiceId::BasicConnect, 7};
constexpr MessageRef kVisibleProviders{ServiceId::BasicConnect, 8};
constexpr MessageRef kRegisterState{ServiceId::BasicConnect, 9};
constexpr MessageRef kPacketService{ServiceId::BasicConnect, 10};
constexpr MessageRef kSignalState{ServiceId::BasicConnect, 11};
constexpr MessageRef kConnect{ServiceId::BasicConnect, 12};
constexpr MessageRef kProvisionedContexts{ServiceId::BasicConnect, 13};
constexpr MessageRef kIpConfiguration{ServiceId::BasicConnect, 15};
constexpr MessageRef kDeviceServices{ServiceId::BasicConnect, 16};
constexpr MessageRef kSubscribeList{ServiceId::BasicConnect, 19};
constexpr MessageRef kPacketStatistics{ServiceId::BasicConnect, 20};
constexpr MessageRef kNetworkIdleHint{ServiceId::BasicConnect, 21};
constexpr MessageRef kEmergencyMode{ServiceId::BasicConnect, 22};
constexpr MessageRef kMsProvisionedContexts{ServiceId::Extensions, 1};
constexpr MessageRef kLteAttachConfiguration{ServiceId::Extensions, 3};
constexpr MessageRef kLteAttachInfo{ServiceId::Extensions, 4};
constexpr MessageRef kSysCaps{ServiceId::Extensions, 5};
constexpr MessageRef kMsDeviceCaps{ServiceId::Extensions, 6};
constexpr MessageRef kSlotMappings{ServiceId::Extensions, 7};
constexpr MessageRef kSlotInfoStatus{ServiceId::Extensions, 8};
constexpr MessageRef kPco{ServiceId::Extensions, 9};
constexpr MessageRef kDeviceReset{ServiceId::Extensions, 10};
constexpr MessageRef kBaseStationsInfo{ServiceId::Extensions, 11};
constexpr MessageRef kLocationInfoStatus{ServiceId::Extensions, 12};
constexpr MessageRef kVersion{ServiceId::Extensions, 15};
constexpr MessageRef kRegistrationParameters{ServiceId::Extensions, 17};
constexpr MessageRef kAtdsSignal{ServiceId::Atds, 1};
constexpr MessageRef kAtdsLocation{ServiceId::Atds, 2};
constexpr MessageRef kModemReboot{ServiceId::IntelFirmware, 1};
constexpr MessageRef kQuectelRadioState{ServiceId::Quectel, 1};
}  // namespace ref

// Zeros for ServiceId::Device.
Uuid uuid_of(ServiceId service);
std::optional<ServiceId> service_by_uuid(const Uuid& uuid);

// "mbim.connect" to its numbers and back: scenario files, logs and books speak of messages so.
std::optional<MessageRef> message_by_name(std::string_view name);
// A made-up name with the number for one that is not known.
std::string message_name(const MessageRef& ref);

}  // namespace mwan::sim::mbim
