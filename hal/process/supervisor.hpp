// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps a program running beside the loop: restarted with back-off, its output as lines, ended
// cleanly, and never outliving the daemon (tools/mwan-keeper stands in between).
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hal/loop.hpp"
#include "hal/process/child.hpp"
#include "hal/process/output_lines.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct SupervisedProgram {
  std::vector<std::string> argv;  // argv[0]: an absolute path. No secrets: everybody can read them
  // The program sees the folder `instead` where it looks for `at`; both absolute. `at` is made
  // where it is missing, `instead` exists.
  struct Folder {
    std::string at;
    std::string instead;
  };
  std::vector<Folder> folders;
  std::filesystem::path keeper;  // helper_programs()
  std::filesystem::path
      pid_file;  // by which the next run finds what this one left; its folder exists
  Duration grace = std::chrono::seconds(5);  // between SIGTERM and SIGKILL
};

// NOTE Ownership: destroying it kills the program at once; stop() first lets it end. Neither from
// inside one of the calls.
class Supervisor {
 public:
  struct Calls {
    // One line of its output, without control characters. A flood of them is cut short.
    std::function<void(const std::string& line)> line;
    // It has ended, or could not be started (exit code 126 or 127; a line said why). The answer is
    // when it is to be started again, nothing = not at all. back_off: what usually is right, from
    // one second, doubled each time up to a minute, from the beginning once it ran for a minute.
    std::function<std::optional<Duration>(const ProgramEnd& end, Duration back_off)> ended;
  };

  Supervisor(Loop& loop, SupervisedProgram program, Calls calls);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor() = default;

  // First ends what an earlier run left. Nothing when it is kept running already.
  void start();
  // SIGTERM, SIGKILL after the grace; done when nothing of it runs any more. No call comes after.
  Task<void> stop();

  // SIGHUP, SIGUSR1 and SIGUSR2 reach the program.
  void signal(int number) const;
  [[nodiscard]] bool kept() const { return job_.running(); }
  // The last line it said, in this life or the one before; for messages.
  [[nodiscard]] const std::string& last_line() const { return last_line_; }

 private:
  Task<void> keep();
  Task<ProgramEnd> run_once();
  void read_output();
  void say(const std::string& line);

  Loop& loop_;
  SupervisedProgram program_;
  Calls calls_;
  Cancel cancel_;
  Child child_;
  OutputLines lines_;
  std::string last_line_;
  Instant flood_since_;
  int flood_lines_ = 0;
  SourceHandle on_output_;
  SourceHandle on_exit_;
  Notification changed_;
  Notification finished_;
  Job job_;
};

}  // namespace mwan
