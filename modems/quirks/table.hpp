// SPDX-License-Identifier: LGPL-2.1-or-later
// Which modem has which quirks, and from where that is known. Few and right: a row without evidence
// does harm to a modem that works. docs/quirks.md is made from this.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "modems/identity.hpp"
#include "modems/quirks.hpp"

namespace mwan {

struct UsbId {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;

  bool operator==(const UsbId&) const = default;
};
// From sysfs' four hexadecimal digits each ("1199", "9079").
std::optional<UsbId> parse_usb_id(std::string_view vendor, std::string_view product);

struct QuirkRow {
  std::uint16_t vendor;
  std::optional<std::uint16_t> product;  // absent: any
  std::string_view model;                // how ModemIdentity::model begins; empty: any
  std::string_view firmware;             // the same of ModemIdentity::firmware
  std::string_view name;                 // what it is, for people
  std::string_view changes;              // in the words of parse_quirks()
  std::string_view evidence;
};
std::span<const QuirkRow> quirk_rows();

// Every row that fits, later ones over earlier ones. Rows that want to know the model or firmware
// fit no modem that has not been asked yet: call it again with the identity.
Quirks quirks_for(UsbId id, const ModemIdentity& identity = {});

// Markdown tables for docs/quirks.md.
std::string document_quirk_words();
std::string document_quirk_rows();

}  // namespace mwan
