// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulator as a program in a namespace of its own, and the stock client beside it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

// Generous: the machine may be busy.
inline bool eventually(const std::function<bool()>& condition,
                       Duration limit = std::chrono::seconds(10)) {
  return wait_until(limit, condition);
}

class SimLab : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
    auto router = NetNs::create("router");
    REQUIRE_OK(router);
    router_.emplace(std::move(*router));
    auto far = NetNs::create("operator");
    REQUIRE_OK(far);
    operator_.emplace(std::move(*far));
    auto folder = WorkFolder::temporary();
    REQUIRE_OK(folder);
    folder_.emplace(std::move(*folder));
  }

  // The scenario's text is written to a file; a device of the modem and one of the operator are
  // made. Returns when the simulator is ready.
  void simulate(const std::string& scenario) {
    REQUIRE_OK(write_file(file("scenario.scn"), scenario));
    simulate_file(file("scenario.scn"));
  }
  void simulate_file(const std::filesystem::path& scenario,
                     const std::vector<std::string>& more = {}) {
    std::filesystem::remove(file("timeline.jsonl"));  // what an earlier one said
    std::vector<std::string> argv = {
        MWAN_SIMULATOR,    "--proxy", "qmi-proxy",       "--scenario", scenario,
        "--net",           "wwan0",   "--operator-net",  "lte0",       "--operator-netns",
        operator_->path(), "--stats", file("stats.json")};
    argv.insert(argv.end(), more.begin(), more.end());
    auto started = Process::start({argv, &*router_, file("timeline.jsonl"), file("simulator.log")});
    REQUIRE_OK(started);
    simulator_ = std::move(*started);
    ASSERT_TRUE(eventually([this] { return said("ready"); })) << read_file(file("simulator.log"));
  }

  // What qmicli printed, or why it failed, which starts with "error".
  [[nodiscard]] std::string qmicli(std::vector<std::string> arguments) const {
    // The device has to be a character device; the path is given to the proxy, not opened.
    arguments.insert(arguments.begin(), {"qmicli", "-p", "--device-open-qmi", "-d", "/dev/null"});
    const auto out = run(&*router_, arguments, std::chrono::seconds(40));
    return out ? *out : "error: " + out.error().text();
  }
  // Starts a data session and leaves it up.
  void start_network(const std::string& family) {
    const std::string out =
        qmicli({"--client-no-release-cid", "--wds-start-network=apn=internet,ip-type=" + family});
    client_ = after(out, "CID: '");
    handle_ = after(out, "Packet data handle: '");
    ASSERT_FALSE(client_.empty() || handle_.empty()) << out;
  }
  [[nodiscard]] std::string ask_session(const std::string& question) const {
    return qmicli({"--client-cid=" + client_, "--client-no-release-cid", question});
  }
  // Also releases the client id.
  [[nodiscard]] std::string stop_network() const {
    return qmicli({"--client-cid=" + client_, "--wds-stop-network=" + handle_});
  }

  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return folder_->path() / name;
  }
  [[nodiscard]] nlohmann::json stats() const {
    return nlohmann::json::parse(read_file(file("stats.json")), nullptr, false);
  }
  [[nodiscard]] bool registered() const { return stats().value("registration", "") == "home"; }
  [[nodiscard]] bool said(const std::string& step) const {
    for (const auto& line : read_json_lines(file("timeline.jsonl"))) {
      if (line.value("step", "") == step) return true;
    }
    return false;
  }
  [[nodiscard]] bool device_exists() const {
    return run(&*router_, {"ip", "link", "show", "dev", "wwan0"}).has_value();
  }

  std::optional<NetNs> router_;
  std::optional<NetNs> operator_;
  std::optional<WorkFolder> folder_;
  Process simulator_;
  std::string client_;
  std::string handle_;

 private:
  // The text between a label and the next quote.
  static std::string after(const std::string& text, const std::string& label) {
    const auto start = text.find(label);
    if (start == std::string::npos) return {};
    const auto from = start + label.size();
    return text.substr(from, text.find('\'', from) - from);
  }
};

}  // namespace mwan::lab
