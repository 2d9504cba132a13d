// SPDX-License-Identifier: LGPL-2.1-or-later
// The QMI services and messages this driver speaks. Numbers as in libqmi-glib's QmiService,
// QmiMessage* and QmiIndication* enumerations.
#pragma once

#include <cstdint>

namespace mwan::qmi {

enum class Service : std::uint8_t {
  Ctl = 0x00,
  Wds = 0x01,  // wireless data: bearers
  Dms = 0x02,  // device management
  Nas = 0x03,  // network access: registration and radio
  Uim = 0x0b,  // SIM cards
  Wda = 0x1a,  // wireless data administration: the data format
  Dsd = 0x2a,  // data system determination: whether data is served
};

constexpr const char* name(Service service) {
  switch (service) {
    case Service::Ctl:
      return "ctl";
    case Service::Wds:
      return "wds";
    case Service::Dms:
      return "dms";
    case Service::Nas:
      return "nas";
    case Service::Uim:
      return "uim";
    case Service::Wda:
      return "wda";
    case Service::Dsd:
      return "dsd";
  }
  return "?";
}

namespace msg {

// DMS
inline constexpr std::uint16_t kDmsSetEventReport = 0x0001;  // and the indication Event Report
inline constexpr std::uint16_t kDmsGetManufacturer = 0x0021;
inline constexpr std::uint16_t kDmsGetModel = 0x0022;
inline constexpr std::uint16_t kDmsGetRevision = 0x0023;
inline constexpr std::uint16_t kDmsGetIds = 0x0025;
inline constexpr std::uint16_t kDmsUimVerifyPin = 0x0028;
inline constexpr std::uint16_t kDmsUimGetPinStatus = 0x002b;
inline constexpr std::uint16_t kDmsGetHardwareRevision = 0x002c;
inline constexpr std::uint16_t kDmsGetOperatingMode = 0x002d;
inline constexpr std::uint16_t kDmsSetOperatingMode = 0x002e;
inline constexpr std::uint16_t kDmsUimGetIccid = 0x003c;
inline constexpr std::uint16_t kDmsUimGetImsi = 0x0043;
inline constexpr std::uint16_t kDmsUimGetState = 0x0044;
inline constexpr std::uint16_t kDmsSetFccAuthentication = 0x555f;
inline constexpr std::uint16_t kDmsFoxconnSetFccAuthentication = 0x5571;

// NAS
inline constexpr std::uint16_t kNasSetEventReport = 0x0002;  // and the indication Event Report
inline constexpr std::uint16_t kNasRegisterIndications = 0x0003;
inline constexpr std::uint16_t kNasGetSignalStrength = 0x0020;
inline constexpr std::uint16_t kNasInitiateNetworkRegister = 0x0022;
inline constexpr std::uint16_t kNasAttachDetach = 0x0023;
inline constexpr std::uint16_t kNasServingSystem = 0x0024;  // request and indication
inline constexpr std::uint16_t kNasGetHomeNetwork = 0x0025;
inline constexpr std::uint16_t kNasGetRfBandInformation = 0x0031;
inline constexpr std::uint16_t kNasSetSystemSelectionPreference = 0x0033;
inline constexpr std::uint16_t kNasGetCellLocationInfo = 0x0043;
inline constexpr std::uint16_t kNasGetSystemInfo = 0x004d;
inline constexpr std::uint16_t kNasSystemInfoIndication = 0x004e;
inline constexpr std::uint16_t kNasGetSignalInfo = 0x004f;
inline constexpr std::uint16_t kNasConfigSignalInfo = 0x0050;
inline constexpr std::uint16_t kNasSignalInfoIndication = 0x0051;
inline constexpr std::uint16_t kNasNetworkRejectIndication = 0x0068;
inline constexpr std::uint16_t kNasConfigSignalInfoV2 = 0x006c;

// UIM
inline constexpr std::uint16_t kUimReadTransparent = 0x0020;
inline constexpr std::uint16_t kUimVerifyPin = 0x0026;
inline constexpr std::uint16_t kUimRegisterEvents = 0x002e;
inline constexpr std::uint16_t kUimGetCardStatus = 0x002f;
inline constexpr std::uint16_t kUimCardStatusIndication = 0x0032;
inline constexpr std::uint16_t kUimGetSlotStatus = 0x0047;

// WDA
inline constexpr std::uint16_t kWdaSetDataFormat = 0x0020;
inline constexpr std::uint16_t kWdaGetDataFormat = 0x0021;

// DSD
inline constexpr std::uint16_t kDsdGetSystemStatus = 0x0024;
inline constexpr std::uint16_t kDsdSystemStatusChange = 0x0025;
inline constexpr std::uint16_t kDsdSystemStatusIndication = 0x0026;

// WDS
inline constexpr std::uint16_t kWdsSetEventReport = 0x0001;  // and the indication Event Report
inline constexpr std::uint16_t kWdsAbort = 0x0002;
inline constexpr std::uint16_t kWdsIndicationRegister = 0x0003;
inline constexpr std::uint16_t kWdsStartNetwork = 0x0020;
inline constexpr std::uint16_t kWdsStopNetwork = 0x0021;
inline constexpr std::uint16_t kWdsPacketServiceStatus = 0x0022;  // request and indication
inline constexpr std::uint16_t kWdsGetPacketStatistics = 0x0024;
inline constexpr std::uint16_t kWdsGetCurrentSettings = 0x002d;
inline constexpr std::uint16_t kWdsGetAutoconnectSettings = 0x0034;
inline constexpr std::uint16_t kWdsSetIpFamily = 0x004d;
inline constexpr std::uint16_t kWdsSetAutoconnectSettings = 0x0051;
inline constexpr std::uint16_t kWdsExtendedIpConfigIndication = 0x008c;

}  // namespace msg

// A response and its indication number some elements differently (System Info, Serving System).
enum class Kind { Response, Indication };

}  // namespace mwan::qmi
