// SPDX-License-Identifier: LGPL-2.1-or-later
// Addresses out of WDS Get Current Settings.
#pragma once

#include "hal/ip_config.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// How packets cross the control boundary: raw IP, or dressed as Ethernet frames.
enum class LinkLayer { RawIp, Ethernet };

// One bearer's settings: one family, or none when the message carries no usable address. On raw
// IP the link is point-to-point and gateways are left out: routes are on-link.
Result<IpConfig> decode_current_settings(TlvView message, LinkLayer layer);

}  // namespace mwan::qmi
