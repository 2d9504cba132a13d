// SPDX-License-Identifier: LGPL-2.1-or-later
// The adapter against the simulated modem: real libmbim, a real process at the other end of a real
// proxy socket, in a network namespace of the test's own (abstract sockets belong to one).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "hal/loop.hpp"
#include "modems/mbim/adapter.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::mbim {

// One report in a few words: "registration home 00101 lte", "ended ipv4: TEXT".
std::string words(const ModemReport& report);

class MbimLab : public testing::Test {
 public:
  static void SetUpTestSuite();
  MbimLab();
  ~MbimLab() override;

 protected:
  // Starts the simulator with a scenario, as an MBIM modem, and waits until it listens.
  void simulate(const std::string& scenario);
  void trigger() { simulator_.signal(SIGUSR1); }
  bool simulator_ended() { return !simulator_.running(); }
  void end_simulator();

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
  bool until(const std::function<bool()>& condition, Duration limit = std::chrono::seconds(20));
  bool until_report(const std::string& beginning, Duration limit = std::chrono::seconds(20));
  void turn(Duration how_long);

  Result<std::vector<FamilyOutcome>> connect(std::vector<IpFamily> families);

  [[nodiscard]] bool reported(const std::string& beginning) const;
  template <class T>
  [[nodiscard]] const T* last() const {
    for (auto report = reports_.rbegin(); report != reports_.rend(); ++report) {
      if (const T* one = std::get_if<T>(&*report)) return one;
    }
    return nullptr;
  }
  [[nodiscard]] std::string log() const;

  // The simulator's books, as they are on disk now.
  [[nodiscard]] nlohmann::json books() const;
  void expect_nothing_left();
  // The requests that the simulator has received, in order: "mbim.connect", "mbim.connect set".
  [[nodiscard]] std::vector<std::string> requests() const;
  [[nodiscard]] std::size_t requests(const std::string& name) const;

  Loop loop_;
  ModemConfig config_;
  Cancel cancel_;
  std::vector<ModemReport> reports_;
  unsigned gone_ = 0;
  std::unique_ptr<MbimAdapter> adapter_;

 private:
  lab::WorkFolder folder_;
  lab::Process simulator_;
};

inline const std::vector<IpFamily> kV4 = {IpFamily::V4};
inline const std::vector<IpFamily> kV6 = {IpFamily::V6};
inline const std::vector<IpFamily> kBoth = {IpFamily::V4, IpFamily::V6};

// A healthy modem, with what follows the header of a scenario added.
std::string steady(const std::string& more = {});

}  // namespace mwan::mbim
