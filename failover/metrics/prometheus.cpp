// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/prometheus.hpp"

#include <functional>
#include <string_view>

#include <fmt/format.h>

#include "failover/record/enum_names.hpp"

namespace mwan::failover {
namespace {

// Names of profiles need no escapes, but what is not ours to promise is escaped.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

double seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

class Text {
 public:
  Text(const Meters& meters, const std::vector<LinkReadings>& readings)
      : meters_(meters), readings_(readings) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    head_ = fmt::format("# HELP mwan_{0} {2}\n# TYPE mwan_{0} {1}\n", name, type, help);
  }
  // labels: as they stand between the braces.
  void value(const std::string& labels, double number) {
    out_ += std::exchange(head_, "");  // none without a value
    out_ += fmt::format("mwan_{}{}{}{} {}\n", name_, labels.empty() ? "" : "{", labels,
                        labels.empty() ? "" : "}", number);
  }
  using Put = std::function<void(const std::string& more, double number)>;
  void each_link(std::string_view name, std::string_view type, std::string_view help,
                 const std::function<void(const LinkMeter&, const LinkReadings&, const Put&)>& of) {
    family(name, type, help);
    for (std::size_t i = 0; i < meters_.links().size() && i < readings_.size(); ++i) {
      const LinkMeter& link = meters_.links()[i];
      of(link, readings_[i], [&](const std::string& more, double number) {
        value(fmt::format("link=\"{}\"{}{}", label(link.name), more.empty() ? "" : ",", more),
              number);
      });
    }
  }
  std::string take() { return std::move(out_); }

 private:
  const Meters& meters_;
  const std::vector<LinkReadings>& readings_;
  std::string name_;
  std::string head_;
  std::string out_;
};

void put_signal(Text& text, std::string_view name, std::string_view help,
                std::optional<double> SignalSample::*member) {
  text.each_link(name, "gauge", help, [member](const auto& link, const auto&, const auto& put) {
    for (const auto& [rat, sample] : link.signal) {
      if (sample.*member) put(fmt::format("rat=\"{}\"", enum_name(rat)), *(sample.*member));
    }
  });
}

void put_probes(Text& text, std::string_view name, std::string_view help,
                std::uint64_t Prober::Count::*member) {
  text.each_link(
      name, "counter", help, [member](const auto&, const auto& reading, const auto& put) {
        for (std::size_t i = 0; i < probe_kinds; ++i) {
          const Prober::Count& count = reading.probes.at(i);
          if (count.asked == 0) continue;
          put(fmt::format("kind=\"{}\"", mwan::failover::name(static_cast<ProbeKind>(i))),
              static_cast<double>(count.*member));
        }
      });
}

void put_links(Text& text, const Meters& meters, Instant now) {
  text.each_link("link_active", "gauge", "1 for the link that carries the default route.",
                 [&](const auto& link, const auto&, const auto& put) {
                   const auto active = meters.active();
                   put("", active && &meters.links().at(active->index) == &link ? 1 : 0);
                 });
  text.each_link("link_verdict", "gauge", "1 for what the link is held for.",
                 [](const auto& link, const auto&, const auto& put) {
                   for (std::size_t i = 0; i < link_verdicts; ++i) {
                     const auto verdict = static_cast<LinkVerdict>(i);
                     put(fmt::format("verdict=\"{}\"", enum_name(verdict)),
                         verdict == link.verdict ? 1 : 0);
                   }
                 });
  text.each_link("link_verdict_seconds_total", "counter", "Time spent in each verdict.",
                 [now](const auto& link, const auto&, const auto& put) {
                   for (std::size_t i = 0; i < link_verdicts; ++i) {
                     const auto verdict = static_cast<LinkVerdict>(i);
                     put(fmt::format("verdict=\"{}\"", enum_name(verdict)),
                         seconds(Meters::in_verdict(link, verdict, now)));
                   }
                 });
  text.each_link("link_taken_total", "counter", "How often traffic was moved to the link.",
                 [](const auto& link, const auto&, const auto& put) {
                   put("", static_cast<double>(link.taken));
                 });
  text.each_link("link_risk", "gauge", "Probability of losing packets soon, 0 to 1.",
                 [](const auto&, const auto& reading, const auto& put) { put("", reading.risk); });
  text.each_link("link_risk_part", "gauge", "What adds so much to the log-odds of the risk.",
                 [](const auto&, const auto& reading, const auto& put) {
                   for (const RiskPart& part : reading.risk_parts) {
                     put(fmt::format("part=\"{}\"", part.name), part.log_odds);
                   }
                 });
  text.each_link("link_receive_bytes_total", "counter", "As the network device counts.",
                 [](const auto&, const auto& reading, const auto& put) {
                   if (reading.received) put("", static_cast<double>(*reading.received));
                 });
  text.each_link("link_transmit_bytes_total", "counter", "As the network device counts.",
                 [](const auto&, const auto& reading, const auto& put) {
                   if (reading.sent) put("", static_cast<double>(*reading.sent));
                 });
}

void put_health(Text& text) {
  text.each_link("probe_rounds_total", "counter", "Rounds of probes by how they ended.",
                 [](const auto& link, const auto&, const auto& put) {
                   put("result=\"good\"", static_cast<double>(link.rounds_good));
                   put("result=\"lost\"", static_cast<double>(link.rounds_lost));
                 });
  put_probes(text, "probes_asked_total", "Questions since the prober was made.",
             &Prober::Count::asked);
  put_probes(text, "probes_answered_total", "Those that were answered in time.",
             &Prober::Count::answered);
  put_probes(text, "probe_bytes_total", "Their cost on the wire, both ways.",
             &Prober::Count::bytes);
  const auto of_probe = [&](std::string_view name, std::string_view help, auto get) {
    text.each_link(name, "gauge", help, [get](const auto& link, const auto&, const auto& put) {
      if (!link.probe) return;
      if (const std::optional<double> number = get(*link.probe)) put("", *number);
    });
  };
  const auto time = [](const std::optional<Duration>& d) {
    return d ? std::optional<double>(seconds(*d)) : std::nullopt;
  };
  of_probe("probe_loss_ratio", "Probes lost over the window, 0 to 1.", [](const fact::Probe& p) {
    return p.loss_permille ? std::optional<double>(*p.loss_permille / 1000.0) : std::nullopt;
  });
  of_probe("probe_latency_seconds", "Mean over the window.",
           [time](const fact::Probe& p) { return time(p.latency); });
  of_probe("probe_jitter_seconds", "Mean over the window.",
           [time](const fact::Probe& p) { return time(p.jitter); });
  text.each_link(
      "captive_portal", "gauge", "1 while a portal answers instead of the internet.",
      [](const auto& link, const auto&, const auto& put) { put("", link.captive ? 1 : 0); });
  text.each_link(
      "probe_budget_spent", "gauge", "1 while the data budget stops the probes.",
      [](const auto& link, const auto&, const auto& put) { put("", link.budget_spent ? 1 : 0); });
}

}  // namespace

std::string prometheus_text(const Meters& meters, Instant now,
                            const std::vector<LinkReadings>& readings) {
  Text text(meters, readings);
  text.family("switches_total", "counter", "Moves of the default route from one link to another.");
  text.value("", static_cast<double>(meters.switches()));
  text.family("state", "gauge", "1 for the state the daemon is in.");
  text.value(fmt::format("state=\"{}\"", name(meters.state())), 1);
  text.family("state_seconds_total", "counter", "Time spent in each state.");
  for (int i = 0; i < state_count; ++i) {
    const auto state = static_cast<State>(i);
    const Duration spent = meters.in_state(state, now);
    if (spent > Duration(0)) text.value(fmt::format("state=\"{}\"", name(state)), seconds(spent));
  }
  put_links(text, meters, now);
  put_signal(text, "link_rssi_dbm", "Received power.", &SignalSample::rssi_dbm);
  put_signal(text, "link_rsrp_dbm", "RSRP; RSCP of UMTS.", &SignalSample::rsrp_dbm);
  put_signal(text, "link_rsrq_db", "RSRQ; Ec/Io of UMTS.", &SignalSample::rsrq_db);
  put_signal(text, "link_sinr_db", "SINR.", &SignalSample::sinr_db);
  put_health(text);
  return text.take();
}

int track_value(std::optional<LinkVerdict> verdict) {
  switch (verdict.value_or(LinkVerdict::Down)) {
    case LinkVerdict::Down:
      return -254;
    case LinkVerdict::Ready:
    case LinkVerdict::Unproven:
      return -100;
    case LinkVerdict::Suspect:
      return -50;
    case LinkVerdict::Good:
      return 0;
  }
  return -254;
}

}  // namespace mwan::failover
