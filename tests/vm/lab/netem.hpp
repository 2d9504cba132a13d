// SPDX-License-Identifier: LGPL-2.1-or-later
// What a bad line does to packets that leave by a device: the kernel's netem (tc-netem(8)).
#pragma once

#include <string>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::vm {

struct BadLine {
  Duration delay = Duration::zero();
  Duration jitter = Duration::zero();
  double loss_percent = 0;
};

// In place of what it did before. Of packets that come in by the device nothing changes: that is
// the other end's to do. `netns` null: the caller's.
Status set_line(const lab::NetNs* netns, const std::string& device, const BadLine& line);
// As good as before.
Status mend_line(const lab::NetNs* netns, const std::string& device);

}  // namespace mwan::vm
