// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys of a scenario's header.
#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "tools/mwan-sim/scenario/words.hpp"

namespace mwan::sim {
namespace {

using Apply = std::function<Read<void>(Scenario&, const std::string&)>;

template <class T, class Reader>
Apply into(T& (*field)(Scenario&), Reader reader) {
  return [field, reader](Scenario& scenario, const std::string& text) -> Read<void> {
    auto value = reader(text);
    if (!value) return wrong(value.error());
    field(scenario) = std::move(*value);
    return {};
  };
}

Read<std::string> text_of(const std::string& text) {
  constexpr std::size_t kMostBytes = 200;
  if (text.empty()) return wrong("the value is empty");
  if (text.size() > kMostBytes) return wrong("the value is longer than 200 bytes");
  return text;
}

bool all_digits(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

auto digits_of(std::size_t least, std::size_t most) {
  return [least, most](const std::string& text) -> Read<std::string> {
    if (text.size() < least || text.size() > most || !all_digits(text)) {
      return wrong(least == most
                       ? fmt::format("\"{}\" should have {} digits", text, least)
                       : fmt::format("\"{}\" should have {} to {} digits", text, least, most));
    }
    return text;
  };
}

Apply plmn(Plmn& (*field)(Scenario&)) {
  return [field](Scenario& scenario, const std::string& text) -> Read<void> {
    auto code = digits_of(5, 6)(text);
    if (!code) return wrong(code.error() + " (MCC and MNC)");
    field(scenario).mcc = code->substr(0, 3);
    field(scenario).mnc = code->substr(3);
    return {};
  };
}

template <class T>
Apply choice(T& (*field)(Scenario&), std::map<std::string, T> values) {
  return [field, values](Scenario& scenario, const std::string& text) -> Read<void> {
    const auto value = values.find(text);
    if (value == values.end()) {
      std::string known;
      for (const auto& [name, ignored] : values) known += known.empty() ? name : ", " + name;
      return wrong(fmt::format("\"{}\" is none of: {}", text, known));
    }
    field(scenario) = value->second;
    return {};
  };
}

Read<void> grant_families(Scenario& scenario, const std::string& text) {
  if (text != "ipv4" && text != "ipv6" && text != "ipv4v6") {
    return wrong(fmt::format("\"{}\" is none of: ipv4, ipv6, ipv4v6", text));
  }
  scenario.modem.grants_ipv4 = text != "ipv6";
  scenario.modem.grants_ipv6 = text != "ipv4";
  return {};
}

// The network device of an MBIM modem carries IP packets as they are.
Read<void> use_protocol(Scenario& scenario, const std::string& text) {
  if (text != "qmi" && text != "mbim" && text != "both") {
    return wrong(fmt::format("\"{}\" is none of: qmi, mbim, both", text));
  }
  scenario.protocols = {text != "mbim", text != "qmi"};
  if (scenario.protocols.mbim) scenario.modem.data_format = LinkLayer::RawIp;
  return {};
}

auto count(std::uint32_t least, std::uint32_t most) {
  return [least, most](const std::string& text) { return read_count(text, least, most); };
}

#define FIELD(member) (+[](Scenario& s) -> auto& { return s.member; })

const std::map<std::string, Apply>& settings() {
  static const auto v4 = [](auto reader) {
    return [reader](const std::string& text) { return reader(text, IpFamily::V4); };
  };
  static const auto v6 = [](auto reader) {
    return [reader](const std::string& text) { return reader(text, IpFamily::V6); };
  };
  static const std::map<std::string, Apply> table = {
      {"manufacturer", into(FIELD(modem.manufacturer), text_of)},
      {"model", into(FIELD(modem.model), text_of)},
      {"revision", into(FIELD(modem.revision), text_of)},
      {"hardware-revision", into(FIELD(modem.hardware_revision), text_of)},
      {"imei", into(FIELD(modem.imei), digits_of(15, 15))},
      {"imei-sv", into(FIELD(modem.imei_sv), digits_of(2, 2))},
      {"msisdn", into(FIELD(modem.msisdn), digits_of(3, 15))},
      {"sim-present", into(FIELD(modem.sim_present), read_yes_no)},
      {"iccid", into(FIELD(modem.iccid), digits_of(18, 20))},
      {"imsi", into(FIELD(modem.imsi), digits_of(14, 15))},
      {"pin", into(FIELD(modem.pin), digits_of(4, 8))},
      {"puk", into(FIELD(modem.puk), digits_of(8, 8))},
      {"home-plmn", plmn(FIELD(modem.home))},
      {"home-name", into(FIELD(modem.home.name), text_of)},
      {"visited-plmn", plmn(FIELD(modem.visited))},
      {"visited-name", into(FIELD(modem.visited.name), text_of)},
      {"operating-mode",
       choice<OperatingMode>(FIELD(modem.operating_mode), {{"online", OperatingMode::Online},
                                                           {"low-power", OperatingMode::LowPower},
                                                           {"offline", OperatingMode::Offline}})},
      {"data-format", choice<LinkLayer>(FIELD(modem.data_format), {{"802-3", LinkLayer::Ethernet},
                                                                   {"raw-ip", LinkLayer::RawIp}})},
      {"wda-needs-endpoint", into(FIELD(modem.wda_needs_endpoint), read_yes_no)},
      {"report-inactive-nr", into(FIELD(modem.report_inactive_nr), read_yes_no)},
      {"autoconnect", into(FIELD(modem.autoconnect), read_yes_no)},
      {"client-ids-max", into(FIELD(modem.client_ids_max), count(1, 250))},
      {"protocol", use_protocol},
      {"mbimex", choice<std::uint16_t>(FIELD(modem.mbimex), {{"1.0", mbim::kVersion1},
                                                             {"2.0", mbim::kVersion2},
                                                             {"3.0", mbim::kVersion3}})},
      {"grants", grant_families},
      {"ipv4-address", into(FIELD(modem.ipv4.address), v4(read_prefix))},
      {"ipv4-gateway", into(FIELD(modem.ipv4.gateway), v4(read_address))},
      {"ipv4-dns", into(FIELD(modem.ipv4.dns), v4(read_addresses))},
      {"ipv6-address", into(FIELD(modem.ipv6.address), v6(read_prefix))},
      {"ipv6-gateway", into(FIELD(modem.ipv6.gateway), v6(read_address))},
      {"ipv6-dns", into(FIELD(modem.ipv6.dns), v6(read_addresses))},
      {"mtu", into(FIELD(modem.mtu), count(576, 65535))},
      {"sim-ready-delay", into(FIELD(modem.sim_ready_delay), read_duration)},
      {"registration-delay", into(FIELD(modem.registration_delay), read_duration)},
      {"bearer-delay", into(FIELD(modem.bearer_delay), read_duration)},
      {"bearer-hold", into(FIELD(modem.bearer_hold), read_duration)},
      {"reset-time", into(FIELD(modem.reset_time), read_duration)},
      {"reply-latency", into(FIELD(reply_latency), read_duration)},
      {"ramp-tick", into(FIELD(ramp_tick), read_duration)},
      {"path-delay", into(FIELD(path.delay), read_duration)},
      {"path-jitter", into(FIELD(path.jitter), read_duration)},
      {"seed", into(FIELD(path.seed), count(0, 0xFFFFFFFF))},
      {"chaos", into(FIELD(chaos), count(0, 0xFFFFFFFF))},
      {"start", choice<bool>(FIELD(start_by_signal), {{"immediately", false}, {"signal", true}})},
  };
  return table;
}

#undef FIELD

}  // namespace

Read<void> apply_setting(Scenario& scenario, const std::string& key, const std::string& value) {
  const auto setting = settings().find(key);
  if (setting == settings().end()) return wrong(fmt::format("unknown key \"{}\"", key));
  auto applied = setting->second(scenario, value);
  if (!applied) return wrong(fmt::format("{}: {}", key, applied.error()));
  constexpr Duration kLeastTick = std::chrono::milliseconds(10);
  scenario.ramp_tick = std::max(scenario.ramp_tick, kLeastTick);
  return {};
}

}  // namespace mwan::sim
