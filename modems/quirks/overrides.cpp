// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/quirks/overrides.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "hal/number.hpp"
#include "modems/words.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

constexpr std::array kWords = {
    QuirkWord{"needs-endpoint-info", "",
              "QMI: data format requests name the USB function (found by itself where the modem "
              "says so)"},
    QuirkWord{"ethernet-frames-only", "",
              "QMI: keep Ethernet frames, raw IP is offered but broken"},
    QuirkWord{"misreports-packet-service", "",
              "the attach state is wrong: neither told nor waited for"},
    QuirkWord{"silent-thresholds", "",
              "takes signal thresholds and never reports: the signal is polled"},
    QuirkWord{"silent-disconnect", "",
              "does not report the end of a data connection: looked at often"},
    QuirkWord{"mbimex", "3, 2 or 0", "MBIM: the highest MBIMEx version to offer; 0 is none"},
    QuirkWord{"signal-interval", "0s to 60min",
              "MBIM: signal reports at least this often; 0 switches thresholds off on some"},
    QuirkWord{"fcc-unlock", "none, dms or foxconn",
              "how a modem that its vendor locked (FCC lock) is unlocked after power-up"},
    QuirkWord{"first-reset", "protocol, usb or power", "the first reset that cures it"},
    QuirkWord{"open", "1s to 10min", "how long opening may take"},
    QuirkWord{"settle", "0s to 2min", "how long it is left alone after it appears"},
};

// Digits and a unit: ms, s or min.
std::optional<Duration> duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = whole_number<std::int64_t>(text.substr(0, digits));
  if (!number || *number > 1'000'000) return std::nullopt;
  const std::string_view unit = text.substr(digits);
  if (unit == "ms") return std::chrono::milliseconds(*number);
  if (unit == "s") return std::chrono::seconds(*number);
  if (unit == "min") return std::chrono::minutes(*number);
  return std::nullopt;
}

bool set(std::optional<bool>& flag, bool on, std::optional<std::string_view> value) {
  if (value) return false;
  flag = on;
  return true;
}

bool set(std::optional<Duration>& to, std::string_view value, Duration least, Duration most) {
  const std::optional<Duration> read = duration(value);
  if (!read || *read < least || *read > most) return false;
  to = read;
  return true;
}

template <class T>
bool set(std::optional<T>& to, std::string_view value,
         std::initializer_list<std::pair<std::string_view, T>> choices) {
  for (const auto& [name, choice] : choices) {
    if (name != value) continue;
    to = choice;
    return true;
  }
  return false;
}

// False: the value does not fit.
bool set(QuirkOverrides& into, std::string_view name, bool on,
         std::optional<std::string_view> value) {
  if (name == "needs-endpoint-info") return set(into.needs_endpoint_info, on, value);
  if (name == "ethernet-frames-only") return set(into.ethernet_frames_only, on, value);
  if (name == "misreports-packet-service") return set(into.misreports_packet_service, on, value);
  if (name == "silent-thresholds") return set(into.silent_thresholds, on, value);
  if (name == "silent-disconnect") return set(into.silent_disconnect, on, value);
  if (!on || !value) return false;
  if (name == "mbimex") return set<unsigned>(into.mbimex, *value, {{"0", 0}, {"2", 2}, {"3", 3}});
  if (name == "signal-interval") return set(into.signal_interval, *value, 0s, 1h);
  if (name == "open") return set(into.open, *value, 1s, 10min);
  if (name == "settle") return set(into.settle, *value, 0s, 2min);
  if (name == "fcc-unlock") {
    return set<FccUnlock>(into.fcc_unlock, *value,
                          {{"none", FccUnlock::None},
                           {"dms", FccUnlock::DmsAuthentication},
                           {"foxconn", FccUnlock::DmsFoxconn}});
  }
  return set<FirstReset>(
      into.first_reset, *value,
      {{"protocol", FirstReset::Protocol}, {"usb", FirstReset::Usb}, {"power", FirstReset::Power}});
}

const QuirkWord* find_word(std::string_view name) {
  for (const QuirkWord& word : kWords) {
    if (word.name == name) return &word;
  }
  return nullptr;
}

// Someone's text, short and printable.
std::string quoted(std::string_view text) {
  std::string clean;
  for (const char c : text.substr(0, 40)) clean += c >= ' ' && c < 0x7F ? c : '?';
  return "\"" + clean + (text.size() > 40 ? "...\"" : "\"");
}

Status take(QuirkOverrides& into, std::string_view word) {
  const auto no = [](std::string message) {
    return failed(FailureClass::Permanent, "quirks", std::move(message));
  };
  const bool on = !word.starts_with('!');
  std::string_view name = on ? word : word.substr(1);
  std::optional<std::string_view> value;
  if (const auto equals = name.find('='); equals != std::string_view::npos) {
    value = name.substr(equals + 1);
    name = name.substr(0, equals);
  }
  const QuirkWord* known = find_word(name);
  if (known == nullptr) {
    std::string all;
    for (const QuirkWord& one : kWords)
      all += fmt::format("{}{}", all.empty() ? "" : ", ", one.name);
    return no(fmt::format("{} is not known; there are {}", quoted(word), all));
  }
  if (set(into, name, on, value)) return {};
  if (known->values.empty()) {
    return no(fmt::format("{}: it is a switch, write {} or !{}", quoted(word), name, name));
  }
  return no(fmt::format("{}: write {}= and {}", quoted(word), name, known->values));
}

}  // namespace

std::span<const QuirkWord> quirk_words() { return kWords; }

Result<QuirkOverrides> parse_quirks(std::string_view text) {
  constexpr std::string_view kBetween = ", \t\n";
  QuirkOverrides overrides;
  for (std::size_t from = 0;;) {
    from = text.find_first_not_of(kBetween, from);
    if (from == std::string_view::npos) return overrides;
    const std::size_t to = std::min(text.find_first_of(kBetween, from), text.size());
    const Status taken = take(overrides, text.substr(from, to - from));
    if (!taken) return failed(taken.error());
    from = to;
  }
}

Quirks apply(Quirks quirks, const QuirkOverrides& overrides) {
  const auto change = [](auto& to, const auto& from) {
    if (from) to = *from;
  };
  change(quirks.needs_endpoint_info, overrides.needs_endpoint_info);
  change(quirks.ethernet_frames_only, overrides.ethernet_frames_only);
  change(quirks.misreports_packet_service, overrides.misreports_packet_service);
  change(quirks.silent_thresholds, overrides.silent_thresholds);
  change(quirks.silent_disconnect, overrides.silent_disconnect);
  change(quirks.mbimex, overrides.mbimex);
  change(quirks.signal_interval, overrides.signal_interval);
  change(quirks.fcc_unlock, overrides.fcc_unlock);
  change(quirks.first_reset, overrides.first_reset);
  change(quirks.open, overrides.open);
  change(quirks.settle, overrides.settle);
  return quirks;
}

std::string describe(const Quirks& quirks) {
  const Quirks usual;
  std::vector<std::string> parts;
  const auto say = [&](bool unusual, std::string words) {
    if (unusual) parts.push_back(std::move(words));
  };
  say(quirks.needs_endpoint_info, "wants the USB function in data format requests");
  say(quirks.ethernet_frames_only, "Ethernet frames only");
  say(quirks.misreports_packet_service, "misreports its attach state");
  say(quirks.silent_thresholds, "does not report the signal, it is polled");
  say(quirks.silent_disconnect, "does not report disconnects");
  say(quirks.mbimex != usual.mbimex,
      quirks.mbimex == 0 ? "no MBIMEx" : fmt::format("MBIMEx {} at most", quirks.mbimex));
  say(quirks.signal_interval != usual.signal_interval,
      "signal reports every " + in_words(quirks.signal_interval));
  say(quirks.fcc_unlock == FccUnlock::DmsAuthentication, "unlocked by DMS FCC authentication");
  say(quirks.fcc_unlock == FccUnlock::DmsFoxconn, "unlocked by Foxconn's FCC authentication");
  say(quirks.first_reset == FirstReset::Usb, "only a USB reset or more cures it");
  say(quirks.first_reset == FirstReset::Power, "only a power cycle cures it");
  if (quirks.open) parts.push_back("opening may take " + in_words(*quirks.open));
  if (quirks.settle) parts.push_back("left alone for " + in_words(*quirks.settle) + " at first");
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace mwan
