// SPDX-License-Identifier: LGPL-2.1-or-later
// A modem that answers at once with what it was given: for the tests of what is made of answers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "modems/adapter.hpp"

namespace mwan::tool {

inline Error fake_error() { return {FailureClass::Transient, "fake: step", "no answer"}; }

// What the modem answers, and what was asked of it; outlives the adapter.
struct FakeModem {
  Status opens;
  Result<ModemIdentity> identity = ModemIdentity{"QMI", "Example", "MX-9", "1.0", "A", "35824005"};
  Result<RadioPower> radio = RadioPower::On;
  Result<Sim> sim = Sim{SimState::Ready, 3, 10, "8949000000000000018", "262010000000001"};
  Result<std::vector<SimSlot>> slots = std::vector<SimSlot>{};
  Result<HomeNetwork> home = HomeNetwork{"26201", "Example"};
  Result<PinVerdict> verdict = PinVerdict{true, 3};
  Result<Listening> listening = Listening{true};
  Result<Registration> registration =
      Registration{RegistrationState::Home, Rat::Lte, "26201", "Example", std::nullopt};
  Result<PacketService> packet_service = PacketService{PacketServiceState::Attached, Rat::Lte};
  Result<std::vector<SignalSample>> signal =
      std::vector<SignalSample>{{Rat::Lte, std::nullopt, -85.0, -8.0, 18.0}};
  Result<CellReport> cells = CellReport{};
  Result<std::vector<ActiveBand>> bands = std::vector<ActiveBand>{};
  Result<std::vector<FamilyOutcome>> outcomes = std::vector<FamilyOutcome>{};
  bool connected = false;

  std::vector<std::string> calls;  // "open", "verify-pin", "close" ..., in their order
  std::vector<std::string> pins;
  std::function<void(const ModemReport&)> report;
  std::function<void()> gone;
};

class FakeAdapter final : public ModemAdapter {
 public:
  explicit FakeAdapter(FakeModem& modem) : modem_(modem) {}

  void on_report(std::function<void(const ModemReport&)> handler) override {
    modem_.report = std::move(handler);
  }
  void on_gone(std::function<void()> handler) override { modem_.gone = std::move(handler); }
  Task<Status> open(Cancel /*cancel*/) override { return say("open", modem_.opens); }
  Task<void> close(Duration /*budget*/) override {
    modem_.calls.emplace_back("close");
    co_return;
  }
  [[nodiscard]] unsigned unanswered() const override { return 0; }
  [[nodiscard]] std::string where(const std::string& step) const override {
    return "fake: " + step;
  }

  Task<Result<ModemIdentity>> read_identity(Cancel /*cancel*/) override {
    return say("identity", modem_.identity);
  }
  Task<Result<RadioPower>> read_radio(Cancel /*cancel*/) override {
    return say("radio", modem_.radio);
  }
  Task<Status> set_radio(bool on, Cancel /*cancel*/) override {
    modem_.radio = on ? RadioPower::On : RadioPower::Off;
    return say(on ? "radio-on" : "radio-off", Status{});
  }
  Task<Status> reset(Cancel /*cancel*/) override { return say("reset", Status{}); }

  Task<Result<Sim>> read_sim(Cancel /*cancel*/) override { return say("sim", modem_.sim); }
  Task<Result<std::vector<SimSlot>>> read_slots(Cancel /*cancel*/) override {
    return say("slots", modem_.slots);
  }
  Task<Result<PinVerdict>> verify_pin(Secret pin, Cancel /*cancel*/) override {
    modem_.pins.push_back(pin.reveal());
    return say("verify-pin", modem_.verdict);
  }
  Task<Result<HomeNetwork>> read_home_network(Cancel /*cancel*/) override {
    return say("home", modem_.home);
  }

  Task<Result<Listening>> listen(SignalReporting /*reporting*/, Cancel /*cancel*/) override {
    return say("listen", modem_.listening);
  }
  Task<Result<Registration>> read_registration(Cancel /*cancel*/) override {
    return say("registration", modem_.registration);
  }
  Task<Status> register_automatically(Cancel /*cancel*/) override {
    return say("register", Status{});
  }
  Task<Result<PacketService>> read_packet_service(Cancel /*cancel*/) override {
    return say("packet-service", modem_.packet_service);
  }
  Task<Status> attach(bool /*on*/, Cancel /*cancel*/) override { return say("attach", Status{}); }
  Task<Result<std::vector<SignalSample>>> read_signal(Cancel /*cancel*/) override {
    return say("signal", modem_.signal);
  }
  Task<Result<CellReport>> read_cells(Cancel /*cancel*/) override {
    return say("cells", modem_.cells);
  }
  Task<Result<std::vector<ActiveBand>>> read_bands(Cancel /*cancel*/) override {
    return say("bands", modem_.bands);
  }

  Task<Status> prepare_data(Cancel /*cancel*/) override { return say("prepare", Status{}); }
  [[nodiscard]] bool families_share_bearer() const override { return false; }
  Task<Result<std::vector<FamilyOutcome>>> connect(std::vector<IpFamily> /*families*/,
                                                   Cancel /*cancel*/) override {
    modem_.connected = true;
    return say("connect", modem_.outcomes);
  }
  Task<void> disconnect(std::vector<IpFamily> /*families*/, Cancel /*cancel*/) override {
    modem_.calls.emplace_back("disconnect");
    co_return;
  }
  Task<Result<IpConfig>> read_addressing(IpFamily /*family*/, Cancel /*cancel*/) override {
    return say("addressing", Result<IpConfig>(failed(fake_error())));
  }
  Task<Result<bool>> read_connected(IpFamily /*family*/, Cancel /*cancel*/) override {
    return say("connected", Result<bool>(modem_.connected));
  }
  Task<Result<TrafficCounters>> read_counters(Cancel /*cancel*/) override {
    return say("counters", Result<TrafficCounters>(failed(fake_error())));
  }

 private:
  template <class T>
  Task<T> say(const char* call, T answer) {
    modem_.calls.emplace_back(call);
    co_return answer;
  }

  FakeModem& modem_;
};

}  // namespace mwan::tool
