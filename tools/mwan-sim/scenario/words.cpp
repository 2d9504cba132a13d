// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/scenario/words.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "hal/number.hpp"

namespace mwan::sim {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const auto end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

Read<double> read_number(std::string_view text, double least, double most) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end || !std::isfinite(value)) {
    return wrong(fmt::format("\"{}\" is not a number", text));
  }
  if (value < least || value > most) {
    return wrong(fmt::format("{} is out of range ({} to {})", text, least, most));
  }
  return value;
}

Read<std::uint32_t> read_count(std::string_view text, std::uint32_t least, std::uint32_t most) {
  const bool hex = text.starts_with("0x");
  const auto value = whole_number<std::uint32_t>(hex ? text.substr(2) : text, hex ? 16 : 10);
  if (!value) return wrong(fmt::format("\"{}\" is not a whole number", text));
  if (*value < least || *value > most) {
    return wrong(fmt::format("{} is out of range ({} to {})", text, least, most));
  }
  return *value;
}

Read<Duration> read_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double microseconds;
  };
  constexpr double kDay = 86400e6;
  for (const Unit& unit : {Unit{"ms", 1e3}, Unit{"s", 1e6}, Unit{"m", 60e6}}) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = text.substr(0, text.size() - unit.name.size());
    const auto value = read_number(number, 0, kDay / unit.microseconds);
    if (!value) return wrong(fmt::format("time \"{}\": {}", text, value.error()));
    return Duration(std::llround(*value * unit.microseconds));
  }
  return wrong(fmt::format("\"{}\" is not a time (like 250ms, 4.5s or 2m)", text));
}

Read<bool> read_yes_no(std::string_view text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  return wrong(fmt::format("\"{}\" is neither yes nor no", text));
}

namespace {
std::string_view family_name(IpFamily family) { return family == IpFamily::V4 ? "IPv4" : "IPv6"; }
}  // namespace

Read<IpPrefix> read_prefix(std::string_view text, IpFamily family) {
  const auto prefix = IpPrefix::parse(text);
  if (!prefix || prefix->address.family() != family) {
    return wrong(fmt::format("\"{}\" is not an {} address with its prefix length", text,
                             family_name(family)));
  }
  return *prefix;
}

Read<IpAddress> read_address(std::string_view text, IpFamily family) {
  const auto address = IpAddress::parse(text);
  if (!address || address->family() != family) {
    return wrong(fmt::format("\"{}\" is not an {} address", text, family_name(family)));
  }
  return *address;
}

Read<std::vector<IpAddress>> read_addresses(std::string_view text, IpFamily family) {
  std::vector<IpAddress> addresses;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto address = read_address(trim(text.substr(0, comma)), family);
    if (!address) return wrong(address.error());
    addresses.push_back(*address);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return addresses;
}

Read<MessageRef> read_message(std::string_view text) {
  if (const auto ref = qmi::message_by_name(text)) return *ref;
  if (const auto ref = mbim::message_by_name(text)) return *ref;
  return wrong(fmt::format(
      "\"{}\" is not a known message (like nas.get-signal-info or mbim.connect)", text));
}

Read<Pair> read_pair(std::string_view word) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return wrong(fmt::format("\"{}\" should be KEY=VALUE", word));
  }
  return Pair{std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))};
}

}  // namespace mwan::sim
