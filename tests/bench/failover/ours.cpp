// SPDX-License-Identifier: LGPL-2.1-or-later
// Our own daemon, with default settings: told only its targets and to masquerade.
#include <fmt/format.h>

#include "tests/bench/failover/contender.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/daemon_story.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {

namespace {

using namespace std::chrono_literals;

constexpr const char* kFirst = "first";
constexpr const char* kSecond = "second";
// FAILBACK_STABLE_S, during which a link that has just become well is asked more often, and a bit.
constexpr Duration kHaste = 12s;

class Ours : public Contender {
 public:
  Ours(std::filesystem::path program, std::string more_settings)
      : program_(std::move(program)), more_settings_(std::move(more_settings)) {}

  Status start(const TwoLines& lines, const std::filesystem::path& folder, Ask ask) override {
    folder_ = folder;
    const auto config = folder / "config";
    std::string targets = fmt::format("{},{}", target_address, more_targets);
    if (ask == Ask::TargetsAndDns) targets += fmt::format(",dns:{}@{}", dns_name, dns_address);
    if (auto done = lab::write_file(
            config / "settings", "PROBE_TARGETS=" + targets + "\nNAT=nftables\n" + more_settings_);
        !done) {
      return done;
    }
    if (auto done = write_profile(kFirst, 1, first_device, first_address, first_gateway); !done) {
      return done;
    }
    if (auto done = write_profile(kSecond, 2, second_device, second_address, second_gateway);
        !done) {
      return done;
    }
    auto started =
        lab::Process::start({{program_, "--config-dir", config, "--state-dir", folder / "state"},
                             &lines.router(),
                             folder / "daemon.log",
                             folder / "daemon.log"});
    if (!started) return failed(started.error());
    daemon_ = std::move(*started);
    return {};
  }
  bool ready() override {
    if (!good_since_) {
      const auto log = lab::read_json_lines(folder_ / "state" / lab::decision_log_name);
      if (lab::link_is_good(log, kFirst) && lab::link_is_good(log, kSecond)) {
        good_since_ = lab::now();
      }
    }
    return good_since_ && lab::now() - *good_since_ > kHaste;
  }
  bool running() override { return daemon_.running(); }
  [[nodiscard]] std::vector<std::string> processes() const override {
    return {program_.filename().string().substr(0, 15)};
  }
  [[nodiscard]] std::string log_tail() const override {
    return lab::last_lines(folder_ / "daemon.log", 15);
  }

 private:
  [[nodiscard]] Status write_profile(const char* name, int priority, const char* device,
                                     const char* address, const char* gateway) const {
    return lab::write_file(
        folder_ / "config" / "profiles" / name,
        fmt::format("KIND=ethernet\nPRIORITY={}\nNETDEV={}\nADDRESS={}\nGATEWAY={}\n", priority,
                    device, address, gateway));
  }

  std::filesystem::path program_;
  std::string more_settings_;
  std::filesystem::path folder_;
  lab::Process daemon_;
  std::optional<Instant> good_since_;
};

}  // namespace

std::unique_ptr<Contender> make_ours(const Installed& installed, const std::string& more_settings) {
  return std::make_unique<Ours>(installed.daemon, more_settings);
}

}  // namespace mwan::bench
