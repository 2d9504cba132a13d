// SPDX-License-Identifier: LGPL-2.1-or-later
// What NAS says about the modem, as TLVs. A response and its indication number some TLVs
// differently.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/mwan-sim/codec/tlv.hpp"
#include "tools/mwan-sim/modem/modem.hpp"

namespace mwan::sim::qmi {

enum class Form { Response, Indication };

// QmiNasNetworkServiceDomain
constexpr std::uint8_t kDomainPs = 2;
constexpr std::uint8_t kDomainNone = 0;

// QmiNasRadioInterface of the technology that registration is about.
std::uint8_t radio_interface(Rat rat);
std::uint16_t digits(const std::string& text);

void write_serving_system(TlvList& tlvs, const Modem& modem, Form form);
void write_system_info(TlvList& tlvs, const Modem& modem, Form form);
void write_plmn(TlvList& tlvs, std::uint8_t type, const Plmn& plmn);

// Get Signal Info and its indication, which number alike: only the technologies given; one that is
// not in use is told as inactive where the protocol can.
void write_signal(TlvList& tlvs, const Radio& radio, const std::vector<Tech>& techs);
// Get Signal Strength (the older one).
void write_signal_strength(TlvList& tlvs, const Radio& radio);
void write_cells(TlvList& tlvs, const Modem& modem);
// False: the band of the channel is not known.
bool write_band(TlvList& tlvs, const Radio& radio);

}  // namespace mwan::sim::qmi
