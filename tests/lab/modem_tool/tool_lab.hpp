// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-modem as a program beside the simulated modem, in a network namespace; the operator's side
// is another one, where pings and names are answered.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

struct ToolRun {
  int code = -1;  // exit code; negative when it did not end by itself
  std::string out;
  std::string err;
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

// Answers every DNS query with NXDOMAIN while it lives.
class NameServer {
 public:
  static Result<std::unique_ptr<NameServer>> start(const NetNs& netns, const std::string& address);
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer();

 private:
  explicit NameServer(UniqueFd fd);
  void answer();

  UniqueFd fd_;
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

class ToolLab : public testing::Test {
 protected:
  void SetUp() override;

  // Starts the simulator with a scenario and waits until it is ready.
  void simulate(const std::string& scenario);
  void end_simulator() { simulator_.stop(std::chrono::seconds(5)); }
  void trigger() { simulator_.signal(SIGUSR1); }
  // Addresses for the operator's end, so that 10.64.0.1 and 198.51.100.7 answer.
  void operator_up();

  // "--simulated --proxy ... --run-dir ..." go in front.
  ToolRun tool(std::vector<std::string> arguments,
               std::chrono::seconds limit = std::chrono::seconds(60));
  // The same with a file as standard input.
  ToolRun tool_with_input(const std::string& input, std::vector<std::string> arguments);
  // In the background; its output is in file(name + ".out").
  Process start_tool(std::vector<std::string> arguments, const std::string& name);
  [[nodiscard]] std::string output_of(const std::string& name) const {
    return read_file(file(name + ".out"));
  }

  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return folder_->path() / name;
  }
  [[nodiscard]] nlohmann::json books() const;
  // No client id and no session of ours is left in the modem.
  void expect_nothing_left();
  [[nodiscard]] std::string in_router(const std::vector<std::string>& argv) const;

  std::optional<NetNs> router_;
  std::optional<NetNs> operator_;
  std::optional<WorkFolder> folder_;
  Process simulator_;

 private:
  [[nodiscard]] std::vector<std::string> command_line(std::vector<std::string> arguments) const;
  ToolRun run_to_end(const std::vector<std::string>& argv, std::chrono::seconds limit);
};

bool eventually(const std::function<bool()>& condition,
                std::chrono::seconds limit = std::chrono::seconds(20));

// A healthy modem in good coverage, with more settings in front and more steps behind.
std::string healthy(const std::string& settings = {}, const std::string& steps = {});

}  // namespace mwan::lab
