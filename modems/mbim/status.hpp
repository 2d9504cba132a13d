// SPDX-License-Identifier: LGPL-2.1-or-later
// The status of an MBIM answer (MBIM 1.0 section 9.4.5, libmbim-glib's MbimStatusError), in plain
// words, with what to do about it. Data only.
#pragma once

#include <cstdint>
#include <string>

#include "hal/error.hpp"

namespace mwan::mbim {

namespace status {
inline constexpr std::uint32_t kNone = 0;
inline constexpr std::uint32_t kBusy = 1;
inline constexpr std::uint32_t kFailure = 2;
inline constexpr std::uint32_t kPinDisabled = 6;
inline constexpr std::uint32_t kNoDeviceSupport = 9;
inline constexpr std::uint32_t kContextNotActivated = 16;
inline constexpr std::uint32_t kInvalidParameters = 21;
inline constexpr std::uint32_t kOperationNotAllowed = 28;
inline constexpr std::uint32_t kInvalidDeviceServiceOperation = 34;
}  // namespace status

// "NotRegistered: the modem is not registered"; "status 1234" for one that is not in the table.
std::string status_text(std::uint32_t status);
FailureClass status_class(std::uint32_t status);
// The modem does not know the command: asking again cannot help.
bool unsupported(std::uint32_t status);

}  // namespace mwan::mbim
