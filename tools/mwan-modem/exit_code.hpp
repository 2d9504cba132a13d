// SPDX-License-Identifier: LGPL-2.1-or-later
// What the program ends with. Stable: scripts rely on the numbers, and the manual page lists them.
#pragma once

namespace mwan::tool {

enum class ExitCode : int {
  Ok = 0,
  Failed = 1,   // none of the others
  Usage = 2,    // the command line, or a secret that cannot be read
  NoModem = 3,  // none found, none by that name, no driver, gone while it was used
  Busy = 4,     // in use by something else, or not permitted
  Sim = 5,      // absent, locked, refused
  Network = 6,  // no coverage, not registered, no packet service
  Data = 7,     // no bearer, no addresses, packets do not pass
  Silent = 8,   // the modem, or its proxy, does not answer
  Radio = 9,    // switched off or locked
  Interrupted = 130,
};

}  // namespace mwan::tool
