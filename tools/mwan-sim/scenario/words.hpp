// SPDX-License-Identifier: LGPL-2.1-or-later
// Small readers for the words of a scenario line. Each fails with a sentence for a person; whoever
// reads the line puts file and line number before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "hal/time.hpp"
#include "tools/mwan-sim/scenario/scenario.hpp"

namespace mwan::sim {

template <class T>
using Read = tl::expected<T, std::string>;
inline tl::unexpected<std::string> wrong(std::string why) {
  return tl::unexpected<std::string>(std::move(why));
}

std::vector<std::string> split_words(std::string_view line);
std::string_view trim(std::string_view text);

Read<double> read_number(std::string_view text, double least, double most);
Read<std::uint32_t> read_count(std::string_view text, std::uint32_t least, std::uint32_t most);
Read<Duration> read_duration(std::string_view text);  // "250ms", "4.5s", "2m"
Read<bool> read_yes_no(std::string_view text);
Read<IpPrefix> read_prefix(std::string_view text, IpFamily family);
Read<IpAddress> read_address(std::string_view text, IpFamily family);
Read<std::vector<IpAddress>> read_addresses(std::string_view text, IpFamily family);  // comma list
Read<MessageRef> read_message(std::string_view text);

// "key=value".
struct Pair {
  std::string key;
  std::string value;
};
Read<Pair> read_pair(std::string_view word);

// Everything after the time of a step. A value "a->b" is allowed in a ramp only; the action with
// all b's is the second.
struct ReadAction {
  StepAction start;
  StepAction end;
  bool ramps = false;
};
Read<ReadAction> read_action(const std::vector<std::string>& words, bool ramp);

// One "key=value" line of the header. Fails for an unknown key or a bad value.
Read<void> apply_setting(Scenario& scenario, const std::string& key, const std::string& value);

}  // namespace mwan::sim
