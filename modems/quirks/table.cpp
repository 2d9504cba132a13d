// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/quirks/table.hpp"

#include <array>

#include <fmt/format.h>

#include "hal/number.hpp"
#include "modems/quirks/overrides.hpp"

namespace mwan {
namespace {

constexpr std::string_view kSierraLock =
    "ModemManager ships an FCC unlock for this id: QMI DMS Set FCC Authentication "
    "(data/dispatcher-fcc-unlock/1199)";
constexpr std::string_view kFoxconnLock =
    "ModemManager's Foxconn modem sends QMI DMS Foxconn Set FCC Authentication with value 0 before "
    "it powers up (plugins/foxconn/mm-broadband-modem-mbim-foxconn.c)";

constexpr std::array kRows = {
    QuirkRow{0x1199, 0x9079, "", "", "Sierra Wireless EM7455 as built into Lenovo computers",
             "fcc-unlock=dms", kSierraLock},
    QuirkRow{0x413c, 0x81a3, "", "", "Dell DW5570 (Sierra Wireless)", "fcc-unlock=dms",
             kSierraLock},
    QuirkRow{0x413c, 0x81a8, "", "", "Dell DW5808 (Sierra Wireless)", "fcc-unlock=dms",
             kSierraLock},
    QuirkRow{0x03f0, 0x4e1d, "", "", "HP lt4111 (Sierra Wireless)", "fcc-unlock=dms", kSierraLock},
    QuirkRow{0x0489, 0xe0b4, "", "", "Foxconn T77W968", "fcc-unlock=foxconn", kFoxconnLock},
    QuirkRow{0x0489, 0xe0b5, "", "", "Foxconn T77W968 with eSIM", "fcc-unlock=foxconn",
             kFoxconnLock},
    QuirkRow{0x413c, 0x81d7, "", "", "Dell DW5821e (Foxconn T77W968)", "fcc-unlock=foxconn",
             kFoxconnLock},
    QuirkRow{0x413c, 0x81e0, "", "", "Dell DW5821e with eSIM (Foxconn T77W968)",
             "fcc-unlock=foxconn", kFoxconnLock},
    QuirkRow{0x1199, 0x9055, "", "", "Netgear AirCard 341U", "ethernet-frames-only",
             "ROOter's connect script sets 802.3 for this id alone and asks every other modem"},
};

bool fits(const QuirkRow& row, UsbId id, const ModemIdentity& identity) {
  return row.vendor == id.vendor && (!row.product || *row.product == id.product) &&
         identity.model.starts_with(row.model) && identity.firmware.starts_with(row.firmware);
}

std::optional<std::uint16_t> four_hex_digits(std::string_view text) {
  return text.size() == 4 ? whole_number<std::uint16_t>(text, 16) : std::nullopt;
}

}  // namespace

std::span<const QuirkRow> quirk_rows() { return kRows; }

std::optional<UsbId> parse_usb_id(std::string_view vendor, std::string_view product) {
  const auto first = four_hex_digits(vendor);
  const auto second = four_hex_digits(product);
  if (!first || !second) return std::nullopt;
  return UsbId{*first, *second};
}

Quirks quirks_for(UsbId id, const ModemIdentity& identity) {
  Quirks quirks;
  for (const QuirkRow& row : kRows) {
    if (!fits(row, id, identity)) continue;
    // Every row is parsed by a test.
    if (const auto changes = parse_quirks(row.changes)) quirks = apply(quirks, *changes);
  }
  return quirks;
}

std::string document_quirk_words() {
  std::string out = "| word | value | meaning |\n| --- | --- | --- |\n";
  for (const QuirkWord& word : quirk_words()) {
    out += fmt::format("| `{}` | {} | {} |\n", word.name,
                       word.values.empty() ? "switch" : word.values, word.meaning);
  }
  return out;
}

std::string document_quirk_rows() {
  std::string out = "| USB id | modem | quirks | known from |\n| --- | --- | --- | --- |\n";
  for (const QuirkRow& row : kRows) {
    std::string name(row.name);
    if (!row.model.empty()) name += fmt::format(", model `{}`...", row.model);
    if (!row.firmware.empty()) name += fmt::format(", firmware `{}`...", row.firmware);
    out += fmt::format("| `{:04x}:{}` | {} | `{}` | {} |\n", row.vendor,
                       row.product ? fmt::format("{:04x}", *row.product) : "*", name, row.changes,
                       row.evidence);
  }
  return out;
}

}  // namespace mwan
