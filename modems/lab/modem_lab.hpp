// SPDX-License-Identifier: LGPL-2.1-or-later
// The driver against the simulated modem: real libqmi, a real process at the other end of a real
// proxy socket, in a network namespace of the test's own (abstract sockets belong to one).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "hal/link_event.hpp"
#include "hal/loop.hpp"
#include "modems/modem.hpp"
#include "modems/modem_config.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::modem {

// One fact in a few words: "device wwan0", "registration home 00101 lte", "trouble TEXT".
std::string words(const Fact& fact);

class ModemLab : public testing::Test {
 public:
  static void SetUpTestSuite();
  ModemLab();
  ~ModemLab() override;

 protected:
  // QMI unless said otherwise; before simulate() and start().
  void speak(ModemProtocol protocol);
  // Starts the simulator with a scenario and waits until it listens.
  void simulate(const std::string& scenario);
  void trigger() { simulator_.signal(SIGUSR1); }
  [[nodiscard]] pid_t simulator_pid() const { return simulator_.pid(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  bool simulator_ended() { return !simulator_.running(); }
  void end_simulator();

  void start();
  void stop();
  // Turns the loop until a condition holds; false when it takes longer than the limit.
  bool until(const std::function<bool()>& condition, Duration limit = std::chrono::seconds(20));
  bool until_fact(const std::string& beginning, Duration limit = std::chrono::seconds(20));
  void turn(Duration how_long);  // and let happen what happens

  // From the fact at `from` on.
  [[nodiscard]] bool told(const std::string& beginning, std::size_t from = 0) const;
  [[nodiscard]] std::size_t count(const std::string& beginning) const;
  // The first fact that has this in its words; empty when there is none.
  [[nodiscard]] std::string saying(const std::string& part) const;
  [[nodiscard]] std::string log() const;  // all facts, for messages
  template <class T>
  [[nodiscard]] const T* last() const {
    for (auto fact = facts_.rbegin(); fact != facts_.rend(); ++fact) {
      if (const T* one = std::get_if<T>(&*fact)) return one;
    }
    return nullptr;
  }

  // The simulator's books, as they are on disk now.
  [[nodiscard]] nlohmann::json books() const;
  // Nothing of ours is left in the modem: client ids, sessions, connections.
  void expect_nothing_left();
  [[nodiscard]] int left() const;
  // The requests that the simulator has received, in order: "nas.get-signal-info".
  [[nodiscard]] std::vector<std::string> requests() const;
  [[nodiscard]] std::size_t requests(const std::string& name) const;

  // The simulated modem's network device, whose packets come out of operator0; empty: it has none.
  std::string net_;
  Loop loop_;
  ModemConfig config_;
  std::vector<Fact> facts_;
  std::unique_ptr<Modem> modem_;

 private:
  lab::WorkFolder folder_;
  lab::Process simulator_;
};

// A healthy modem, with what follows the header of a scenario added.
std::string steady(const std::string& more = {});

}  // namespace mwan::modem
