// SPDX-License-Identifier: LGPL-2.1-or-later
// Quirks as text, in the words that the setting QUIRKS and the table (modems/quirks/table.hpp)
// share:
//   QUIRKS="needs-endpoint-info,!silent-thresholds,mbimex=2,open=60s"
// A switch is named to be on and has a "!" before it to be off; everything else has a value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hal/error.hpp"
#include "modems/quirks.hpp"

namespace mwan {

// What is not said stays as it is.
struct QuirkOverrides {
  std::optional<bool> needs_endpoint_info;
  std::optional<bool> ethernet_frames_only;
  std::optional<bool> misreports_packet_service;
  std::optional<bool> silent_thresholds;
  std::optional<bool> silent_disconnect;
  std::optional<unsigned> mbimex;
  std::optional<Duration> signal_interval;
  std::optional<FccUnlock> fcc_unlock;
  std::optional<FirstReset> first_reset;
  std::optional<Duration> open;
  std::optional<Duration> settle;

  bool operator==(const QuirkOverrides&) const = default;
};

// Words with commas or blanks between them; the last one about a quirk counts. Permanent for a word
// that is not known or has a wrong value, naming it and what would be right.
Result<QuirkOverrides> parse_quirks(std::string_view text);

[[nodiscard]] Quirks apply(Quirks quirks, const QuirkOverrides& overrides);

// What is unusual, for people; "none" for a modem without any.
std::string describe(const Quirks& quirks);

struct QuirkWord {
  std::string_view name;
  std::string_view values;  // for people: "3, 2 or 0"; empty for a switch
  std::string_view meaning;
};
// All words, for the document and for error messages.
std::span<const QuirkWord> quirk_words();

}  // namespace mwan
