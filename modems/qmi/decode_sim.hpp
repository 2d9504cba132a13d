// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM, out of what UIM and, in older modems, DMS say of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "modems/qmi/tlv.hpp"
#include "modems/sim.hpp"

namespace mwan::qmi {

// The card of the primary 3GPP application; without one named, the first card with a SIM or USIM.
// The response and the indication carry the same.
Result<Sim> decode_card_status(TlvView message);
// Retries left after Verify PIN, where the modem says so (UIM and DMS alike).
std::optional<std::uint8_t> decode_pin_tries(TlvView message);
// The physical slots, from UIM Get Slot Status.
Result<std::vector<SimSlot>> decode_slot_status(TlvView message);

// The content of a file of the card, from UIM Read Transparent.
Result<Bytes> decode_file(TlvView message);
// EF_ICCID and EF_IMSI as digits (3GPP TS 31.102 sections 4.2.2 and ETSI TS 102 221 section 13.2);
// empty when they hold no digits.
std::string iccid_digits(ByteView file);
std::string imsi_digits(ByteView file);

// What modems without UIM say through DMS.
Result<Sim> decode_dms_sim_state(TlvView message);                       // UIM Get State
Result<Sim> decode_dms_pin_status(TlvView message);                      // UIM Get PIN Status
Result<std::string> decode_dms_text(TlvView message, const char* name);  // ICCID, IMSI, model...

}  // namespace mwan::qmi
