// SPDX-License-Identifier: LGPL-2.1-or-later
// The other end: asks the daemon that has a state directory. Blocks, and never for long.
#pragma once

#include <string>

#include "failover/control/answer.hpp"
#include "failover/control/request.hpp"
#include "hal/error.hpp"
#include "hal/time.hpp"

namespace mwan::failover::control {

// FailureClass::Gone: no daemon runs with this state directory. Permanent: not permitted.
// Transient: it did not answer within the limit.
Result<Answer> ask(const std::string& directory, const Request& request,
                   Duration limit = std::chrono::seconds(5));

// Look, RedUp or RedDown, without waiting for an answer. False: no daemon has this state directory.
// Never blocks: true also when so many want something at once that there is no place, after which
// the daemon looks by itself.
Result<bool> tell(const std::string& directory, Verb news);

}  // namespace mwan::failover::control
