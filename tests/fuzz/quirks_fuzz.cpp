// SPDX-License-Identifier: LGPL-2.1-or-later
// The setting QUIRKS, and the USB numbers in sysfs.
#include "modems/quirks/overrides.hpp"
#include "modems/quirks/table.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {

void take(ByteView input) {
  const std::string_view text = text_of(input);
  const auto id =
      parse_usb_id(text.substr(0, 4), text.substr(std::min<std::size_t>(4, text.size())));
  const Quirks quirks = id ? quirks_for(*id) : Quirks{};
  const auto overrides = parse_quirks(text);
  if (!overrides) return require_said(overrides.error());
  require_clean(describe(apply(quirks, *overrides)).substr(0, 200));
}

}  // namespace mwan::fuzz
