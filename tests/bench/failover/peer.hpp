// SPDX-License-Identifier: LGPL-2.1-or-later
// What the other programs have in common: each runs in the sandbox in the router's namespace, logs
// to a file, and is ready a while after its default routes show that it is content.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/failover/contender.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::bench {

class Peer : public Contender {
 public:
  Peer(PeerProgram program, std::filesystem::path sandbox)
      : program_(std::move(program)), sandbox_(std::move(sandbox)) {}

  bool ready() override {
    if (!content_since_) {
      const auto routes = lab::run(router_, {"ip", "route", "show", "default"});
      if (routes && content(*routes)) content_since_ = lab::now();
    }
    return content_since_ && lab::now() - *content_since_ > std::chrono::seconds(3);
  }
  bool running() override { return process_.running(); }
  [[nodiscard]] std::string log_tail() const override { return lab::last_lines(log_, 15); }

 protected:
  // in_front: of the program and what it needs in front itself.
  Status launch(const lab::NetNs& router, const std::filesystem::path& log,
                const std::vector<std::string>& in_front,
                const std::vector<std::string>& arguments) {
    router_ = &router;
    log_ = log;
    std::vector<std::string> argv = {sandbox_};
    argv.insert(argv.end(), in_front.begin(), in_front.end());
    argv.insert(argv.end(), program_.in_front.begin(), program_.in_front.end());
    argv.push_back(program_.path);
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto started = lab::Process::start({argv, router_, log_, log_});
    if (!started) return failed(started.error());
    process_ = std::move(*started);
    return {};
  }
  [[nodiscard]] const std::filesystem::path& sandbox() const { return sandbox_; }

 private:
  // Whether these are the default routes of both lines being well.
  [[nodiscard]] virtual bool content(const std::string& default_routes) const = 0;

  PeerProgram program_;
  std::filesystem::path sandbox_;
  const lab::NetNs* router_ = nullptr;
  std::filesystem::path log_;
  lab::Process process_;
  std::optional<Instant> content_since_;
};

}  // namespace mwan::bench
