// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_bands.hpp"

#include <algorithm>
#include <array>

namespace mwan::qmi {
namespace {

// QmiNasActiveBand: what each technology's numbers begin with, and which bands follow in what
// order.
constexpr std::uint16_t kFirstGsm = 40;
constexpr std::array<std::uint16_t, 9> kGsmBands = {450, 480, 750, 850, 900, 900, 900, 1800, 1900};
constexpr std::uint16_t kFirstUmts = 80;
constexpr std::array<std::uint16_t, 12> kUmtsBands = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 11, 19};
constexpr std::uint16_t kFirstLte = 120;
constexpr std::array<std::uint16_t, 49> kLteBands = {
    1,  2,   3,   4,   5,  6,  7,  8,  9,   10, 11, 12, 13, 14, 17, 33, 34,
    35, 36,  37,  38,  39, 40, 18, 19, 20,  21, 24, 25, 41, 42, 43, 23, 26,
    32, 125, 126, 127, 28, 29, 30, 66, 250, 46, 27, 31, 47, 48, 71};
constexpr std::uint16_t kFirstNr = 250;
constexpr std::array<std::uint16_t, 47> kNrBands = {
    1,  2,  3,  5,  7,  8,  20, 28, 38, 41, 50, 51,  66,  70,  71,  74,
    75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 257, 258, 259, 260, 261,
    12, 25, 34, 39, 40, 65, 86, 48, 14, 13, 18, 26,  30,  29,  53};

template <std::size_t N>
std::optional<std::uint16_t> nth(const std::array<std::uint16_t, N>& bands, std::uint16_t first,
                                 std::uint16_t number) {
  if (number < first || number - first >= static_cast<int>(N)) return std::nullopt;
  const std::uint16_t band = bands.at(number - first);
  return band == 0 ? std::nullopt : std::optional(band);
}

std::optional<std::uint16_t> band_number(Rat rat, std::uint16_t number) {
  if (rat == Rat::Gsm) return nth(kGsmBands, kFirstGsm, number);
  if (rat == Rat::Umts) return nth(kUmtsBands, kFirstUmts, number);
  if (rat == Rat::Lte) return nth(kLteBands, kFirstLte, number);
  return nth(kNrBands, kFirstNr, number);
}

// QmiNasRadioInterface
Rat carrier_rat(std::uint8_t interface) {
  switch (interface) {
    case 4:
      return Rat::Gsm;
    case 5:
      return Rat::Umts;
    case 8:
      return Rat::Lte;
    case 12:
      return Rat::NrSa;
    default:
      return Rat::Unknown;
  }
}

// QmiNasDLBandwidth
std::optional<double> megahertz(std::uint32_t code) {
  constexpr std::array kWidths = {1.4, 3.0, 5.0, 10.0, 15.0, 20.0};
  if (code >= kWidths.size()) return std::nullopt;
  return kWidths.at(code);
}

// {interface, band, channel}: the channel of 16 bits in the older list, of 32 in the newer.
Status read_list(ByteView value, std::uint8_t type, bool wide, std::vector<ActiveBand>& out) {
  Reader r(value);
  const std::uint8_t count = r.u8();
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    const Rat rat = carrier_rat(r.u8());
    const std::uint16_t band = r.u16();
    const std::uint32_t channel = wide ? r.u32() : r.u16();
    if (!r.ok()) break;
    if (rat == Rat::Unknown || out.size() >= kMaxBands) continue;
    out.push_back({.rat = rat,
                   .band = band_number(rat, band),
                   .channel = channel,
                   .bandwidth_mhz = std::nullopt});
  }
  if (!r.ok()) return malformed("rf-band-information", type, value);
  return {};
}

// The widths come in the order of the carriers of their technology.
Status read_widths(ByteView value, std::vector<ActiveBand>& out) {
  Reader r(value);
  const std::uint8_t count = r.u8();
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    const Rat rat = carrier_rat(r.u8());
    const std::uint32_t code = r.u32();
    if (!r.ok()) break;
    const auto carrier = std::ranges::find_if(
        out, [rat](const ActiveBand& one) { return one.rat == rat && !one.bandwidth_mhz; });
    if (carrier != out.end()) carrier->bandwidth_mhz = megahertz(code);
  }
  if (!r.ok()) return malformed("rf-band-information", 0x12, value);
  return {};
}

}  // namespace

Result<std::vector<ActiveBand>> decode_bands(TlvView message) {
  std::vector<ActiveBand> out;
  if (const auto newer = message.find(0x11)) {
    if (const Status done = read_list(*newer, 0x11, true, out); !done) return failed(done.error());
  } else if (const auto older = message.find(0x01)) {
    if (const Status done = read_list(*older, 0x01, false, out); !done) return failed(done.error());
  }
  if (const auto widths = message.find(0x12)) {
    if (const Status done = read_widths(*widths, out); !done) return failed(done.error());
  }
  if (std::ranges::find(out, Rat::Lte, &ActiveBand::rat) != out.end()) {
    for (ActiveBand& one : out) {
      if (one.rat == Rat::NrSa) one.rat = Rat::NrNsa;
    }
  }
  return out;
}

}  // namespace mwan::qmi
