// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/boot_id.hpp"

#include <fstream>

namespace mwan {

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string out;
  file >> out;
  return out;
}

}  // namespace mwan
