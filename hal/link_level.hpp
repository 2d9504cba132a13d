// SPDX-License-Identifier: LGPL-2.1-or-later
// How far a link is brought up.
#pragma once

namespace mwan {

enum class LinkLevel {
  Ready,  // everything short of a connection: a modem is registered and attached, and has no bearer
  Up,     // connected and addressed
};

}  // namespace mwan
