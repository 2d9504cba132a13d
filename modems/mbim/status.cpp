// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/status.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace mwan::mbim {
namespace {

using enum FailureClass;

struct Row {
  std::uint32_t number;
  FailureClass failure;
  const char* name;
  const char* words;
};
constexpr Row kRows[] = {
    {1, Transient, "Busy", "the modem is busy"},
    {2, Transient, "Failure", "the modem failed and does not say why"},
    {3, Transient, "SimNotInserted", "no SIM: insert one"},
    {4, Permanent, "BadSim", "the SIM cannot be used: clean or replace it"},
    {5, Permanent, "PinRequired", "the SIM is locked by its PIN"},
    {6, Permanent, "PinDisabled", "the PIN is switched off"},
    {7, Transient, "NotRegistered", "the modem is not registered with a network"},
    {8, Transient, "ProvidersNotFound", "no network was found"},
    {9, Permanent, "NoDeviceSupport", "the modem does not know this command"},
    {10, Transient, "ProviderNotVisible", "the network is not in reach"},
    {11, Transient, "DataClassNotAvailable", "the radio technology is not available here"},
    {12, Transient, "PacketServiceDetached", "packet service is detached"},
    {13, Throttled, "MaxActivatedContexts", "the modem has as many connections as it can hold"},
    {14, Transient, "NotInitialized", "the modem is still starting"},
    {15, Transient, "VoiceCallInProgress", "a voice call is under way"},
    {16, Transient, "ContextNotActivated", "there is no such connection"},
    {17, Permanent, "ServiceNotActivated", "the subscription has no such service"},
    {18, Permanent, "InvalidAccessString", "check the APN"},
    {19, Permanent, "InvalidUserNamePwd", "check user name, password and auth method"},
    {20, Transient, "RadioPowerOff", "the radio is switched off"},
    {21, Permanent, "InvalidParameters", "the modem refuses the values of the request"},
    {22, Transient, "ReadFailure", "reading failed"},
    {23, Transient, "WriteFailure", "writing failed"},
    {25, Permanent, "NoPhonebook", "there is no phone book"},
    {26, Permanent, "ParameterTooLong", "a value of the request is too long"},
    {27, Transient, "StkBusy", "the SIM toolkit is busy"},
    {28, Permanent, "OperationNotAllowed", "the modem does not allow this now"},
    {29, Throttled, "MemoryFailure", "the modem is out of memory"},
    {30, Permanent, "InvalidMemoryIndex", "there is no such memory"},
    {31, Throttled, "MemoryFull", "the memory of the modem is full"},
    {32, Permanent, "FilterNotSupported", "the modem does not know this filter"},
    {33, Throttled, "DssInstanceLimit", "the modem has no more data streams"},
    {34, Permanent, "InvalidDeviceServiceOperation", "the modem does not know this operation"},
    {35, Transient, "AuthIncorrectAutn", "the SIM refuses the network's authentication"},
    {36, Transient, "AuthSyncFailure", "the SIM and the network are out of step"},
    {37, Transient, "AuthAmfNotSet", "the SIM refuses the network's authentication"},
    {38, Permanent, "ContextNotSupported", "the modem does not offer this kind of connection"},
};

const Row* find(std::uint32_t status) {
  const auto* const at = std::ranges::lower_bound(kRows, status, {}, &Row::number);
  return at != std::end(kRows) && at->number == status ? at : nullptr;
}

}  // namespace

std::string status_text(std::uint32_t status) {
  const Row* row = find(status);
  if (row == nullptr) return fmt::format("status {}", status);
  return fmt::format("{}: {}", row->name, row->words);
}

FailureClass status_class(std::uint32_t status) {
  const Row* row = find(status);
  return row != nullptr ? row->failure : Transient;
}

bool unsupported(std::uint32_t status) {
  return status == status::kNoDeviceSupport || status == status::kInvalidDeviceServiceOperation;
}

}  // namespace mwan::mbim
