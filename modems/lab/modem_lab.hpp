// SPDX-License-Identifier: LGPL-2.1-or-later
// The driver against the simulated modem, and the facts it tells.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hal/link_event.hpp"
#include "modems/lab/simulated_modem.hpp"
#include "modems/modem.hpp"

namespace mwan::modem {

// One fact in a few words: "device wwan0", "registration home 00101 lte", "trouble TEXT".
std::string words(const Fact& fact);

class ModemLab : public SimulatedModem {
 protected:
  void start();
  void stop();
  bool until_fact(const std::string& beginning, Duration limit = std::chrono::seconds(60));

  // From the fact at `from` on.
  [[nodiscard]] bool told(const std::string& beginning, std::size_t from = 0) const;
  [[nodiscard]] std::size_t count(const std::string& beginning) const;
  // The first fact that has this in its words; empty when there is none.
  [[nodiscard]] std::string saying(const std::string& part) const;
  [[nodiscard]] std::string log() const override;  // all facts
  template <class T>
  [[nodiscard]] const T* last() const {
    for (auto fact = facts_.rbegin(); fact != facts_.rend(); ++fact) {
      if (const T* one = std::get_if<T>(&*fact)) return one;
    }
    return nullptr;
  }

  std::vector<Fact> facts_;
  std::unique_ptr<Modem> modem_;
};

// A healthy modem, with what follows the header of a scenario added.
std::string steady(const std::string& more = {});

}  // namespace mwan::modem
