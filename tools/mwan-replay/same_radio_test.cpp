// SPDX-License-Identifier: LGPL-2.1-or-later
// The same radio gives the same decisions, whether it comes over QMI from the simulator or out of a
// recording: what was learned from recordings holds for the daemon.
#include <sstream>

#include <gmock/gmock.h>

#include "failover/record/trace.hpp"
#include "modems/qmi/decode_cells.hpp"
#include "modems/qmi/decode_signal.hpp"
#include "tools/mwan-replay/drive.hpp"
#include "tools/mwan-replay/native_link.hpp"
#include "tools/mwan-sim/qmi/stack_fixture.hpp"
#include "tools/mwan-sim/replay/trace_player.hpp"

namespace mwan::replay {
namespace {

using namespace std::chrono_literals;

// What was reported, second by second.
class HeardLink : public RecordedLink {
 public:
  explicit HeardLink(std::vector<std::vector<Fact>> heard) : heard_(std::move(heard)) {}
  std::vector<Fact> heard(std::size_t second) override { return heard_.at(second); }
  [[nodiscard]] bool answers(std::size_t, std::uint64_t) const override { return true; }

 private:
  std::vector<std::vector<Fact>> heard_;
};

constexpr std::size_t good = 20;
constexpr std::size_t fading = 40;

// A cell that is left behind while its neighbour comes nearer; a handover in the end. Values as a
// modem can say them: RSRP and RSRQ in whole dB.
std::vector<Fact> radio_of(std::size_t second) {
  const int lost = second < good ? 0 : static_cast<int>(second - good) / 2;
  const int rsrp = -90 - lost * 2;
  const int rsrq = -8 - lost / 2;
  const bool handed_over = lost > 18;
  CellReport cells;
  cells.serving = Cell{Rat::Lte, static_cast<std::uint16_t>(handed_over ? 205 : 101), 1300U,
                       static_cast<double>(rsrp), static_cast<double>(rsrq)};
  if (second % 7 != 3) {
    cells.neighbours.push_back(Cell{Rat::Lte, static_cast<std::uint16_t>(handed_over ? 101 : 205),
                                    1300U, -104.0 + lost / 2.0, -12.0});
  }
  return {SignalSample{.rat = Rat::Lte,
                       .rssi_dbm = {},
                       .rsrp_dbm = rsrp,
                       .rsrq_db = rsrq,
                       .sinr_db = 18 - lost * 1.3},
          cells};
}

// Through a file of the recorder's format.
failover::Trace recording() {
  std::ostringstream file;
  failover::TraceHeader header;
  header.modem.protocol = "QMI";
  file << failover::encode_trace_header(header) << "\n";
  for (std::size_t t = 0; t < good + fading; ++t) {
    for (const Fact& fact : radio_of(t)) {
      file << failover::encode_trace_point({std::chrono::seconds(t) + 500ms, fact}) << "\n";
    }
  }
  std::istringstream in(file.str());
  failover::TraceReader reader(in, "fade.trace");
  failover::Trace out;
  const auto read_header = reader.header();
  EXPECT_TRUE(read_header);
  while (true) {
    auto point = reader.next();
    if (!point) ADD_FAILURE() << point.error().text();
    if (!point || !*point) break;
    out.points.push_back(std::move(**point));
  }
  return out;
}

class SameRadio : public sim::qmi::StackTest {
 protected:
  // The simulated modem in this radio, as the QMI driver's decoders hear it.
  std::vector<Fact> ask_for(const std::vector<Fact>& radio_facts) {
    sim::Radio radio = modem_->radio();
    for (const Fact& fact : radio_facts) {
      if (const auto* sample = std::get_if<SignalSample>(&fact)) sim::take_signal(radio, *sample);
      if (const auto* cells = std::get_if<CellReport>(&fact)) sim::take_cells(radio, *cells);
    }
    modem_->set_radio(radio);
    std::vector<Fact> out;
    const sim::Bytes signal = bytes_of(0x004F);  // NAS Get Signal Info
    const auto info = mwan::qmi::decode_signal_info(mwan::qmi::TlvView(signal));
    if (!info) ADD_FAILURE() << info.error().text();
    if (info) {
      for (const SignalSample& sample : cache_.apply(*info, false)) out.emplace_back(sample);
    }
    const sim::Bytes cells = bytes_of(0x0043);  // NAS Get Cell Location Info
    const auto report = mwan::qmi::decode_cells(mwan::qmi::TlvView(cells));
    if (!report) ADD_FAILURE() << report.error().text();
    if (report) out.emplace_back(*report);
    return out;
  }

 private:
  sim::Bytes bytes_of(std::uint16_t message) {
    if (nas_ == 0) nas_ = allocate(sim::qmi::ServiceId::Nas);
    const auto answer = ask(sim::qmi::ServiceId::Nas, nas_, message);
    EXPECT_EQ(answer.error, 0);
    sim::Bytes out;
    answer.tlvs.append_to(out);
    return out;
  }
  sim::qmi::ClientId nas_ = 0;
  mwan::qmi::SignalCache cache_;
};

failover::Policy modem_and_wire() {
  failover::Policy policy;
  policy.links = {{.name = "lte", .kind = LinkKind::Modem, .priority = 1},
                  {.name = "wire", .priority = 2}};
  return policy;
}

DriveResult drive_beside_a_wire(RecordedLink& lte) {
  HeardLink wire(std::vector<std::vector<Fact>>(good + fading));
  DriveOptions options;
  options.opinions = true;
  return drive(modem_and_wire(), {&lte, &wire}, good + fading, options);
}

TEST_F(SameRadio, GivesTheSameDecisionsOverQmiAndFromARecording) {
  build();
  std::vector<std::vector<Fact>> heard;
  for (std::size_t t = 0; t < good + fading; ++t) heard.push_back(ask_for(radio_of(t)));
  HeardLink over_qmi(std::move(heard));
  NativeLink recorded(recording());
  const DriveResult live = drive_beside_a_wire(over_qmi);
  const DriveResult replayed = drive_beside_a_wire(recorded);
  ASSERT_EQ(live.seconds.size(), replayed.seconds.size());
  for (std::size_t t = 0; t < live.seconds.size(); ++t) {
    EXPECT_EQ(live.seconds[t].active, replayed.seconds[t].active) << "second " << t;
    EXPECT_EQ(live.seconds[t].reason, replayed.seconds[t].reason) << "second " << t;
    const auto& a = live.opinions[t][0].assessment;
    const auto& b = replayed.opinions[t][0].assessment;
    EXPECT_EQ(a.verdict, b.verdict) << "second " << t;
    EXPECT_NEAR(a.risk, b.risk, 1e-9) << "second " << t;
    EXPECT_NEAR(a.cost, b.cost, 1e-9) << "second " << t;
  }
  EXPECT_EQ(live.seconds[good].active, 0) << "a good cell is not left";
  EXPECT_EQ(live.seconds.back().active, 1) << "a fading one is";
  EXPECT_GT(live.opinions.back()[0].assessment.risk, live.opinions[good][0].assessment.risk);
}

}  // namespace
}  // namespace mwan::replay
