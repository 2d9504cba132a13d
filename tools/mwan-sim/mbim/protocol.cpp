// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/protocol.hpp"

#include <fmt/format.h>

namespace mwan::sim::mbim {
namespace {

struct Named {
  std::string_view name;
  MessageRef ref;
};

constexpr std::array kMessages = {
    Named{"mbim.open", ref::kOpen},
    Named{"mbim.close", ref::kClose},
    Named{"mbim.proxy-configuration", ref::kProxyConfiguration},
    Named{"mbim.proxy-version", ref::kProxyVersion},
    Named{"mbim.device-caps", ref::kDeviceCaps},
    Named{"mbim.subscriber-ready-status", ref::kSubscriberReadyStatus},
    Named{"mbim.radio-state", ref::kRadioState},
    Named{"mbim.pin", ref::kPin},
    Named{"mbim.pin-list", ref::kPinList},
    Named{"mbim.home-provider", ref::kHomeProvider},
    Named{"mbim.preferred-providers", ref::kPreferredProviders},
    Named{"mbim.visible-providers", ref::kVisibleProviders},
    Named{"mbim.register-state", ref::kRegisterState},
    Named{"mbim.packet-service", ref::kPacketService},
    Named{"mbim.signal-state", ref::kSignalState},
    Named{"mbim.connect", ref::kConnect},
    Named{"mbim.provisioned-contexts", ref::kProvisionedContexts},
    Named{"mbim.ip-configuration", ref::kIpConfiguration},
    Named{"mbim.device-services", ref::kDeviceServices},
    Named{"mbim.device-service-subscribe-list", ref::kSubscribeList},
    Named{"mbim.packet-statistics", ref::kPacketStatistics},
    Named{"mbim.network-idle-hint", ref::kNetworkIdleHint},
    Named{"mbim.emergency-mode", ref::kEmergencyMode},
    Named{"mbim.ms-provisioned-contexts", ref::kMsProvisionedContexts},
    Named{"mbim.ms-lte-attach-configuration", ref::kLteAttachConfiguration},
    Named{"mbim.ms-lte-attach-info", ref::kLteAttachInfo},
    Named{"mbim.ms-sys-caps", ref::kSysCaps},
    Named{"mbim.ms-device-caps", ref::kMsDeviceCaps},
    Named{"mbim.ms-device-slot-mappings", ref::kSlotMappings},
    Named{"mbim.ms-slot-info-status", ref::kSlotInfoStatus},
    Named{"mbim.ms-pco", ref::kPco},
    Named{"mbim.ms-device-reset", ref::kDeviceReset},
    Named{"mbim.ms-base-stations-info", ref::kBaseStationsInfo},
    Named{"mbim.ms-location-info-status", ref::kLocationInfoStatus},
    Named{"mbim.ms-version", ref::kVersion},
    Named{"mbim.ms-registration-parameters", ref::kRegistrationParameters},
    Named{"mbim.atds-signal", ref::kAtdsSignal},
    Named{"mbim.atds-location", ref::kAtdsLocation},
    Named{"mbim.intel-modem-reboot", ref::kModemReboot},
    Named{"mbim.quectel-radio-state", ref::kQuectelRadioState},
};

struct Service {
  ServiceId id;
  Uuid uuid;
};

constexpr std::array kServices = {
    Service{ServiceId::ProxyControl,
            {0x83, 0x8c, 0xf7, 0xfb, 0x8d, 0x0d, 0x4d, 0x7f, 0x87, 0x1e, 0xd7, 0x1d, 0xbe, 0xfb,
             0xb3, 0x9b}},  // 838cf7fb-8d0d-4d7f-871e-d71dbefbb39b
    Service{ServiceId::BasicConnect,
            {0xa2, 0x89, 0xcc, 0x33, 0xbc, 0xbb, 0x8b, 0x4f, 0xb6, 0xb0, 0x13, 0x3e, 0xc2, 0xaa,
             0xe6, 0xdf}},  // a289cc33-bcbb-8b4f-b6b0-133ec2aae6df
    Service{ServiceId::Extensions,
            {0x3d, 0x01, 0xdc, 0xc5, 0xfe, 0xf5, 0x4d, 0x05, 0x0d, 0x3a, 0xbe, 0xf7, 0x05, 0x8e,
             0x9a, 0xaf}},  // 3d01dcc5-fef5-4d05-0d3a-bef7058e9aaf
    Service{ServiceId::Atds,
            {0x59, 0x67, 0xbd, 0xcc, 0x7f, 0xd2, 0x49, 0xa2, 0x9f, 0x5c, 0xb2, 0xe7, 0x0e, 0x52,
             0x7d, 0xb3}},  // 5967bdcc-7fd2-49a2-9f5c-b2e70e527db3
    Service{ServiceId::IntelFirmware,
            {0x0e, 0xd3, 0x74, 0xcb, 0xf8, 0x35, 0x44, 0x74, 0xbc, 0x11, 0x3b, 0x3f, 0xd7, 0x6f,
             0x56, 0x41}},  // 0ed374cb-f835-4474-bc11-3b3fd76f5641
    Service{ServiceId::Quectel,
            {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
             0xff, 0x11}},  // 11223344-5566-7788-99aa-bbccddeeff11
};

std::string_view prefix_of(ServiceId service) {
  switch (service) {
    case ServiceId::Device:
      return "mbim.device";
    case ServiceId::ProxyControl:
      return "mbim.proxy";
    case ServiceId::BasicConnect:
      return "mbim.basic-connect";
    case ServiceId::Extensions:
      return "mbim.ms";
    case ServiceId::Atds:
      return "mbim.atds";
    case ServiceId::IntelFirmware:
      return "mbim.intel-firmware";
    case ServiceId::Quectel:
      return "mbim.quectel";
  }
  return "mbim.unknown";
}

}  // namespace

Uuid uuid_of(ServiceId service) {
  for (const Service& entry : kServices) {
    if (entry.id == service) return entry.uuid;
  }
  return {};
}

std::optional<ServiceId> service_by_uuid(const Uuid& uuid) {
  for (const Service& entry : kServices) {
    if (entry.uuid == uuid) return entry.id;
  }
  return std::nullopt;
}

std::optional<MessageRef> message_by_name(std::string_view name) {
  for (const Named& entry : kMessages) {
    if (entry.name == name) return entry.ref;
  }
  return std::nullopt;
}

std::string message_name(const MessageRef& ref) {
  for (const Named& entry : kMessages) {
    if (entry.ref == ref) return std::string(entry.name);
  }
  return fmt::format("{}-{}", prefix_of(ref.service), ref.cid);
}

}  // namespace mwan::sim::mbim
