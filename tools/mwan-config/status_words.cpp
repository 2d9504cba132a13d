// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/status_words.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "failover/record/enum_names.hpp"
#include "tools/mwan-modem/output/judgement.hpp"

namespace mwan::config_tool {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& in, const char* key) {
  const auto at = in.find(key);
  return at != in.end() && at->is_string() ? printable(at->get<std::string>()) : std::string();
}
bool yes(const Json& in, const char* key) { return in.value(key, Json()) == true; }
std::optional<double> number(const Json& in, const char* key) {
  const auto at = in.find(key);
  return at != in.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}

std::string_view rat_words(Rat rat) {
  switch (rat) {
    case Rat::Gsm:
      return "2G";
    case Rat::Umts:
      return "3G";
    case Rat::Lte:
      return "LTE";
    case Rat::NrNsa:
      return "5G beside LTE";
    case Rat::NrSa:
      return "5G";
    case Rat::Unknown:
      break;
  }
  return "radio";
}

// "LTE signal fair: RSRP -104 dBm, SINR 6 dB".
std::string signal_words(const Json& in) {
  if (!in.is_object()) return "";
  SignalSample sample;
  sample.rat = failover::enum_named<Rat>(text(in, "rat")).value_or(Rat::Unknown);
  sample.rssi_dbm = number(in, "rssi_dbm");
  sample.rsrp_dbm = number(in, "rsrp_dbm");
  sample.rsrq_db = number(in, "rsrq_db");
  sample.sinr_db = number(in, "sinr_db");
  std::string values;
  for (const tool::Reading& reading : tool::readings(sample)) {
    values +=
        fmt::format("{}{} {:.0f} {}", values.empty() ? "" : ", ",
                    name_of(reading.metric, sample.rat), reading.value, unit_of(reading.metric));
  }
  const auto judgement = tool::judge(sample);
  return fmt::format("{} signal{}{}", rat_words(sample.rat),
                     judgement ? " " + std::string(words(judgement->grade)) : "",
                     values.empty() ? "" : ": " + values);
}

std::string registration_words(const Json& in) {
  const std::string network =
      text(in, "operator").empty() ? text(in, "plmn") : text(in, "operator");
  const std::string state = text(in, "state");
  return (state == "home"      ? "registered"
          : state == "roaming" ? "registered, roaming"
                               : "registration: " + state) +
         (network.empty() ? "" : " in " + network);
}

std::string head_words(const Json& status) {
  const std::string active = text(status, "active");
  const std::string preferred = text(status, "preferred");
  const std::string held = text(status, "held");
  std::string out = active.empty() ? "No link carries the traffic yet" : "Traffic: " + active;
  if (!active.empty() && active == preferred) out += " (the preferred link)";
  if (!active.empty() && active != preferred) out += " (preferred: " + preferred + ")";
  out += "\n";
  const std::string aside = text(status, "stood_aside");
  if (!aside.empty()) {
    out += "STOOD ASIDE: an administrator acts on RED (" + aside +
           "), and it is left alone; `mwan-config resume` takes it up again\n";
  } else if (yes(status, "paused")) {
    out += "PAUSED: links are watched and nothing is changed; `mwan-config resume` ends it\n";
  }
  if (!held.empty()) {
    out += (held == active ? "Chosen by hand: it stays there until `mwan-config failback`\n"
                           : "Chosen by hand: " + held + ", as soon as it can carry the traffic\n");
  }
  return out;
}

std::string link_words(const Json& link, std::size_t name_width) {
  const bool maintenance = yes(link, "maintenance");
  std::string out =
      fmt::format("{} {:<{}}  {:<11}  {}", yes(link, "active") ? "*" : " ", text(link, "name"),
                  name_width, maintenance ? "maintenance" : text(link, "verdict"),
                  maintenance ? "never chosen until `maintenance " + text(link, "name") + " off`"
                              : text(link, "reason"));
  const auto lasting = number(link, "lasting_s");
  if (lasting && *lasting >= 0 && *lasting < 1e12) {
    out += " (for " + time_words(static_cast<std::int64_t>(*lasting)) + ")";
  }
  out += "\n";
  const auto more = [&](const std::string& what) {
    if (!what.empty()) out += std::string(name_width + 4, ' ') + what + "\n";
  };
  std::string device = text(link, "device");
  for (const Json& address : link.value("addresses", Json::array())) {
    if (address.is_string()) {
      device += (device.empty() ? "" : ", ") + printable(address.get<std::string>());
    }
  }
  more(text(link, "kind") + (device.empty() ? ", no device" : " " + device) +
       (yes(link, "metered") ? ", metered" : ""));
  if (const auto at = link.find("registration"); at != link.end() && at->is_object()) {
    more(registration_words(*at));
  }
  for (const Json& sample : link.value("signal", Json::array())) more(signal_words(sample));
  if (const auto risk = number(link, "risk"); risk && *risk >= 0.05 && *risk < 1) {
    more(fmt::format("risk of losing packets soon: {:.0f} %", *risk * 100));
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  // The control characters of Latin-1, as UTF-8.
  for (auto at = out.find('\xc2'); at != std::string::npos; at = out.find('\xc2', at + 1)) {
    const bool control = at + 1 < out.size() && static_cast<unsigned char>(out[at + 1]) < 0xa0;
    if (control) out.replace(at, 2, "  ");
  }
  return out;
}

std::string time_words(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

std::string status_words(const Json& status) {
  if (!status.is_object()) return "The daemon said nothing of its links.\n";
  std::string out = head_words(status);
  const Json links = status.value("links", Json::array());
  std::size_t width = 0;
  for (const Json& link : links) {
    if (link.is_object()) width = std::max(width, text(link, "name").size());
  }
  for (const Json& link : links) {
    if (link.is_object()) out += link_words(link, width);
  }
  return out;
}

}  // namespace mwan::config_tool
