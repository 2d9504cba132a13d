// SPDX-License-Identifier: LGPL-2.1-or-later
// Failures of the lab itself: a call into the system that did not work.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include "hal/error.hpp"

namespace mwan::lab {

// "WHERE: No such file or directory", from errno unless told otherwise.
inline tl::unexpected<Error> system_failure(std::string where, int error = errno) {
  return failed(FailureClass::Permanent, std::move(where), std::generic_category().message(error));
}

}  // namespace mwan::lab
