// SPDX-License-Identifier: LGPL-2.1-or-later
// The serving cell and its neighbours out of NAS Get Cell Location Info.
#pragma once

#include "hal/signal.hpp"
#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

// The most neighbours that are taken from one report; a modem lists at most a few dozen.
inline constexpr std::size_t kMaxCells = 64;

// With LTE in use the serving cell is LTE's, and a 5G leg beside it is no neighbour: it is left
// out. Neighbours of every technology are told.
Result<CellReport> decode_cells(TlvView message);

}  // namespace mwan::qmi
