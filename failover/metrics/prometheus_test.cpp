// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/prometheus.hpp"

#include <set>
#include <sstream>

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Instant metric_time(Duration d) { return Instant(d); }

std::string sample() {
  Meters meters;
  Policy policy;
  policy.links = {{.name = "wired"}, {.name = "lte", .kind = LinkKind::Modem}};
  meters.begin(metric_time(0s), policy);
  const LinkId lte{1};
  meters.take(metric_time(1s), Observation{lte, SignalSample{.rat = Rat::Lte, .rsrp_dbm = -97.5}},
              {VerdictChange{lte, LinkVerdict::Good, "well"}}, lte);
  fact::Probe probe{.sent = 2, .answered = 1, .ok = true};
  probe.loss_permille = 125;
  probe.latency = 25ms;
  meters.take(metric_time(2s), Observation{lte, probe}, {}, lte);
  std::vector<LinkReadings> readings(2);
  readings[1].risk = 0.25;
  readings[1].risk_parts = {{"rsrq", 1.5, "RSRQ -16.0 dB"}, {"probes", -0.25, ""}};
  readings[1].received = 5000000000;
  readings[1].probes[0] = {.asked = 10, .answered = 9, .bytes = 684};
  return prometheus_text(meters, metric_time(3s), readings);
}

TEST(Prometheus, SaysWhatIsKnownAndLeavesOutTheRest) {
  const auto text = sample();
  for (const char* line :
       {"mwan_switches_total 0\n", "mwan_state{state=\"Initializing\"} 1\n",
        "mwan_link_active{link=\"wired\"} 0\n", "mwan_link_active{link=\"lte\"} 1\n",
        "mwan_link_verdict{link=\"lte\",verdict=\"good\"} 1\n",
        "mwan_link_verdict{link=\"lte\",verdict=\"down\"} 0\n",
        "mwan_link_verdict_seconds_total{link=\"lte\",verdict=\"good\"} 2\n",
        "mwan_link_risk{link=\"lte\"} 0.25\n",
        "mwan_link_risk_part{link=\"lte\",part=\"rsrq\"} 1.5\n",
        "mwan_link_risk_part{link=\"lte\",part=\"probes\"} -0.25\n",
        "mwan_link_rsrp_dbm{link=\"lte\",rat=\"lte\"} -97.5\n",
        "mwan_link_receive_bytes_total{link=\"lte\"} 5000000000\n",
        "mwan_probe_rounds_total{link=\"lte\",result=\"good\"} 1\n",
        "mwan_probes_asked_total{link=\"lte\",kind=\"icmp\"} 10\n",
        "mwan_probe_bytes_total{link=\"lte\",kind=\"icmp\"} 684\n",
        "mwan_probe_loss_ratio{link=\"lte\"} 0.125\n",
        "mwan_probe_latency_seconds{link=\"lte\"} 0.025\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("sinr")));
  EXPECT_THAT(text, Not(HasSubstr("transmit")));
  EXPECT_THAT(text, Not(HasSubstr("jitter")));
}

// The format's own rules: each family once, its head before its values, its values together.
TEST(Prometheus, KeepsToTheFormat) {
  std::istringstream lines(sample());
  std::set<std::string> families;
  std::set<std::string> values;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << line;
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(line.starts_with("# TYPE " + family + " ")) << line;
      EXPECT_EQ(line.ends_with(" counter"), family.ends_with("_total")) << line;
    } else {
      EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), family) << line;
      EXPECT_TRUE(values.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
  }
  EXPECT_GT(families.size(), 10U);
}

TEST(TrackValue, IsAFaultForKeepalivedOnlyWhenDown) {
  EXPECT_EQ(track_value(LinkVerdict::Good), 0);
  EXPECT_LT(track_value(LinkVerdict::Suspect), 0);
  EXPECT_LT(track_value(LinkVerdict::Unproven), track_value(LinkVerdict::Suspect));
  EXPECT_GT(track_value(LinkVerdict::Unproven), -254);
  EXPECT_EQ(track_value(LinkVerdict::Down), -254);
  EXPECT_EQ(track_value(std::nullopt), -254);
}

}  // namespace
}  // namespace mwan::failover
