// SPDX-License-Identifier: LGPL-2.1-or-later
// The adapter against the simulated modem, and what it reports.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "modems/lab/simulated_modem.hpp"
#include "modems/mbim/adapter.hpp"

namespace mwan::mbim {

// One report in a few words: "registration home 00101 lte", "ended ipv4: TEXT".
std::string words(const ModemReport& report);

class MbimLab : public modem::SimulatedModem {
 protected:
  MbimLab();

  // A new adapter with config_.
  void make_adapter();
  // Makes, opens, listens; what most tests begin with.
  void up();
  void close();

  // Turns the loop until the task is done.
  template <class T>
  T done(Task<T> task, Duration limit = std::chrono::seconds(20)) {
    std::optional<T> out;
    Job job;
    const auto body = [](Task<T> inner, std::optional<T>& result) -> Task<void> {
      result.emplace(co_await inner);
    };
    job.start(body(std::move(task), out));
    until([&] { return out.has_value(); }, limit);
    if (!out) throw std::runtime_error("it does not end; " + log());
    return std::move(*out);
  }
  void done(Task<void> task, Duration limit = std::chrono::seconds(20));
  bool until_report(const std::string& beginning, Duration limit = std::chrono::seconds(20));

  Result<std::vector<FamilyOutcome>> connect(std::vector<IpFamily> families);

  [[nodiscard]] bool reported(const std::string& beginning) const;
  template <class T>
  [[nodiscard]] const T* last() const {
    for (auto report = reports_.rbegin(); report != reports_.rend(); ++report) {
      if (const T* one = std::get_if<T>(&*report)) return one;
    }
    return nullptr;
  }
  [[nodiscard]] std::string log() const override;

  Cancel cancel_;
  std::vector<ModemReport> reports_;
  unsigned gone_ = 0;
  std::unique_ptr<MbimAdapter> adapter_;
};

inline const std::vector<IpFamily> kV4 = {IpFamily::V4};
inline const std::vector<IpFamily> kV6 = {IpFamily::V6};
inline const std::vector<IpFamily> kBoth = {IpFamily::V4, IpFamily::V6};

// A healthy modem, with what follows the header of a scenario added.
std::string steady(const std::string& more = {});

}  // namespace mwan::mbim
