// SPDX-License-Identifier: LGPL-2.1-or-later
// The carriers in use out of NAS Get RF Band Information.
#pragma once

#include <vector>

#include "modems/bands.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// The most carriers that are taken from one answer.
inline constexpr std::size_t kMaxBands = 16;

// 5G beside LTE is told as such (NrNsa). A band number this table does not know is left out, its
// carrier is told all the same. Technologies that are none of Rat's are left out.
Result<std::vector<ActiveBand>> decode_bands(TlvView message);

}  // namespace mwan::qmi
