// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes what the meters say to where others read it, and tells the user's program.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "failover/metrics/meters.hpp"
#include "failover/metrics/notices.hpp"
#include "failover/metrics/prometheus.hpp"
#include "failover/run/runtime.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan::failover {

struct PublisherOptions {
  std::string metrics_file;  // empty: none
  Duration metrics_interval = std::chrono::seconds(15);
  std::string track_dir;  // empty: none; made when it is missing
  std::string program;    // empty: none
  Duration program_limit = std::chrono::seconds(10);
  uid_t program_owner = 0;  // who must own it; root but for tests
  bool operator==(const PublisherOptions&) const = default;
};

// Files are replaced as a whole, by renaming, so that no reader sees half of one. They are not
// synced: after a crash of the machine they are made anew. Nothing that goes wrong here disturbs
// the failover; it is logged, once for each file.
//
// NOTE Threading: on the loop's thread.
class Publisher final : public RuntimeObserver {
 public:
  // readings: of a link, when a file is written; the device's counters are read here.
  Publisher(Loop& loop, const PublisherOptions& options,
            std::function<LinkReadings(LinkId)> readings);

  void set_options(const PublisherOptions& options);

  // What an earlier run counted, before it begins; what is to be kept of this one, and a call
  // whenever that has changed by a switch.
  void restore(const RunMemory& memory) { meters_.restore(memory); }
  [[nodiscard]] RunMemory memory() const { return meters_.memory(); }
  void on_switch(std::function<void()> call) { switched_ = std::move(call); }

  void begun(Instant now, const Policy& policy) override;
  void stepped(Instant now, const Event& event, const std::vector<Action>& actions,
               std::optional<LinkId> active) override;

  // The program that runs is ended, what waits is dropped.
  void stop();

 private:
  void write_metrics();
  void write_tracks();
  void write(const std::string& path, const std::string& text);
  void tell(std::vector<Notice> notices);
  Task<void> run_all();

  Loop& loop_;
  PublisherOptions options_;
  std::function<LinkReadings(LinkId)> readings_;
  Meters meters_;
  std::function<void()> switched_;
  SourceHandle metrics_timer_;
  std::map<std::string, std::string> tracks_;    // what the files hold, by path
  std::map<std::string, std::string> troubles_;  // by path: what was logged
  std::deque<Notice> waiting_;
  Cancel ending_;
  Job job_;
  SourceHandle begin_soon_;
  bool stopped_ = false;
};

}  // namespace mwan::failover
