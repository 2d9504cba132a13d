// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/causes.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include <fmt/format.h>

namespace mwan::qmi {
namespace {

using enum FailureClass;

// The reasons of QmiWdsCallEndReason that say the same as a 3GPP cause.
struct Legacy {
  std::uint16_t reason;
  std::uint16_t esm;
};
constexpr Legacy kLegacy[] = {
    {10, 29},   {1003, 36},  {1005, 26},  {1006, 34},  {1008, 36}, {1009, 38}, {1010, 39},
    {1012, 8},  {1013, 27},  {1014, 28},  {1015, 30},  {1016, 31}, {1017, 32}, {1018, 33},
    {1019, 37}, {1022, 43},  {1026, 81},  {1027, 95},  {1028, 96}, {1029, 97}, {1030, 98},
    {1031, 99}, {1032, 100}, {1033, 101}, {1034, 112},
};
struct Named {
  std::uint16_t number;
  const char* name;
};
constexpr Named kGeneric[] = {
    {1, "unspecified"},
    {2, "ended by the client"},
    {3, "no service"},
    {4, "radio faded"},
    {5, "released normally"},
    {6, "access attempt in progress"},
    {7, "access failure"},
    {8, "redirection or handoff"},
    {9, "close in progress"},
    {11, "internal error"},
    {1002, "no service"},
    {1011, "protocol error"},
    {1035, "no packet service context"},
};
// QmiWdsVerboseCallEndReasonType
constexpr Named kTypes[] = {{1, "mobile IP"}, {2, "internal"}, {3, "call manager"}, {6, "3GPP"},
                            {7, "PPP"},       {8, "eHRPD"},    {9, "IPv6"}};

constexpr Named kProtocolErrors[] = {
    {1, "MalformedMessage"},
    {2, "NoMemory"},
    {3, "Internal"},
    {4, "Aborted"},
    {5, "ClientIdsExhausted"},
    {6, "UnabortableTransaction"},
    {7, "InvalidClientId"},
    {8, "NoThresholdsProvided"},
    {9, "InvalidHandle"},
    {10, "InvalidProfile"},
    {11, "InvalidPinId"},
    {12, "IncorrectPin"},
    {13, "NoNetworkFound"},
    {14, "CallFailed"},
    {15, "OutOfCall"},
    {16, "NotProvisioned"},
    {17, "MissingArgument"},
    {19, "ArgumentTooLong"},
    {22, "InvalidTransactionId"},
    {23, "DeviceInUse"},
    {24, "NetworkUnsupported"},
    {25, "DeviceUnsupported"},
    {26, "NoEffect"},
    {28, "InvalidPdpType"},
    {31, "InvalidServiceType"},
    {32, "InvalidRegisterAction"},
    {34, "AuthenticationFailed"},
    {35, "PinBlocked"},
    {36, "PinAlwaysBlocked"},
    {37, "UimUninitialized"},
    {43, "InterfaceNotFound"},
    {45, "InvalidDataFormat"},
    {46, "GeneralError"},
    {47, "UnknownError"},
    {48, "InvalidArgument"},
    {52, "DeviceNotReady"},
    {53, "NetworkNotReady"},
    {60, "InvalidTransition"},
    {64, "InvalidIpFamilyPreference"},
    {65, "SessionInactive"},
    {66, "SessionInvalid"},
    {68, "InsufficientResources"},
    {69, "Disabled"},
    {70, "InvalidOperation"},
    {71, "InvalidQmiCommand"},
    {74, "InformationUnavailable"},
    {79, "PolicyMismatch"},
    {81, "ExtendedInternal"},
    {82, "AccessDenied"},
    {83, "HardwareRestricted"},
    {90, "IncompatibleState"},
    {93, "NoRadio"},
    {94, "NotSupported"},
    {95, "NoSubscription"},
    {97, "NetworkAborted"},
    {102, "NoSim"},
    {104, "PinRestriction"},
    {106, "PukRestriction"},
    {115, "NoPermission"},
    {116, "TooSoon"},
    {118, "OperationInProgress"},
};

const char* name_of(std::span<const Named> table, std::uint16_t number) {
  const auto at = std::ranges::find(table, number, &Named::number);
  return at != table.end() ? at->name : nullptr;
}

}  // namespace

Explanation explain(const CallEnd& end) {
  constexpr std::uint16_t k3gpp = 6;
  if (end.verbose_type && end.verbose_reason) {
    const auto number = static_cast<std::uint16_t>(*end.verbose_reason);
    if (*end.verbose_type == k3gpp) {
      return explain_cause("3GPP", number, find_esm_cause(number));
    }
    const char* type = name_of(kTypes, *end.verbose_type);
    return {Transient, type != nullptr
                           ? fmt::format("{} reason {}", type, number)
                           : fmt::format("reason {} of type {}", number, *end.verbose_type)};
  }
  if (end.reason) {
    const std::uint16_t reason = *end.reason;
    const auto same = std::ranges::find(kLegacy, reason, &Legacy::reason);
    if (same != std::end(kLegacy)) {
      return explain_cause("3GPP", same->esm, find_esm_cause(same->esm));
    }
    if (const char* name = name_of(kGeneric, reason)) {
      return {Transient, fmt::format("call end reason {} ({})", reason, name)};
    }
    return {Transient, fmt::format("call end reason {}", reason)};
  }
  return {Transient, "no reason given"};
}

std::string protocol_error_name(std::uint16_t error) {
  const char* name = name_of(kProtocolErrors, error);
  return name != nullptr ? name : fmt::format("error {}", error);
}

FailureClass protocol_error_class(std::uint16_t error) {
  switch (error) {
    case 2:    // NoMemory
    case 5:    // ClientIdsExhausted
    case 68:   // InsufficientResources
    case 116:  // TooSoon
      return Throttled;
    case 12:  // IncorrectPin
    case 35:  // PinBlocked
    case 36:  // PinAlwaysBlocked
    case 64:  // InvalidIpFamilyPreference
    case 79:  // PolicyMismatch
    case 94:  // NotSupported
      return Permanent;
    default:
      return Transient;
  }
}

}  // namespace mwan::qmi
