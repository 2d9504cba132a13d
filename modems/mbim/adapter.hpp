// SPDX-License-Identifier: LGPL-2.1-or-later
// An MBIM modem behind ModemAdapter, through libmbim's proxy.
#pragma once

#include "modems/adapter.hpp"

namespace mwan {

class MbimAdapter final : public ModemAdapter {
 public:
  MbimAdapter(Loop& loop, ModemConfig config);
  MbimAdapter(const MbimAdapter&) = delete;
  MbimAdapter& operator=(const MbimAdapter&) = delete;
  ~MbimAdapter() override;

  void on_report(std::function<void(const ModemReport&)> handler) override;
  void on_gone(std::function<void()> handler) override;
  Task<Status> open(Cancel cancel) override;
  Task<void> close(Duration budget) override;
  [[nodiscard]] unsigned unanswered() const override;
  [[nodiscard]] std::string where(const std::string& step) const override;

  Task<Result<ModemIdentity>> read_identity(Cancel cancel) override;
  Task<Result<RadioPower>> read_radio(Cancel cancel) override;
  Task<Status> set_radio(bool on, Cancel cancel) override;
  Task<Status> reset(Cancel cancel) override;

  Task<Result<Sim>> read_sim(Cancel cancel) override;
  Task<Result<std::vector<SimSlot>>> read_slots(Cancel cancel) override;
  Task<Result<PinVerdict>> verify_pin(Secret pin, Cancel cancel) override;
  Task<Result<HomeNetwork>> read_home_network(Cancel cancel) override;

  Task<Result<Listening>> listen(SignalReporting reporting, Cancel cancel) override;
  Task<Result<Registration>> read_registration(Cancel cancel) override;
  Task<Status> register_automatically(Cancel cancel) override;
  Task<Result<PacketService>> read_packet_service(Cancel cancel) override;
  Task<Status> attach(bool on, Cancel cancel) override;
  Task<Result<std::vector<SignalSample>>> read_signal(Cancel cancel) override;
  Task<Result<CellReport>> read_cells(Cancel cancel) override;
  Task<Result<std::vector<ActiveBand>>> read_bands(Cancel cancel) override;

  Task<Status> prepare_data(Cancel cancel) override;
  [[nodiscard]] bool families_share_bearer() const override { return true; }
  Task<Result<std::vector<FamilyOutcome>>> connect(std::vector<IpFamily> families,
                                                   Cancel cancel) override;
  Task<void> disconnect(std::vector<IpFamily> families, Cancel cancel) override;
  Task<Result<IpConfig>> read_addressing(IpFamily family, Cancel cancel) override;
  Task<Result<bool>> read_connected(IpFamily family, Cancel cancel) override;
  Task<Result<TrafficCounters>> read_counters(Cancel cancel) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mwan
