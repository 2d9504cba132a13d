// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/interference_actor.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace mwan::failover::ipfire {

namespace {

std::string_view base(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool interpreter(std::string_view name) {
  static constexpr std::array names{"sh", "bash", "dash", "busybox", "perl", "env"};
  return std::ranges::find(names, name) != names.end();
}

// The program that was meant, and its arguments: without the shell that reads the script.
std::span<const std::string> meant(const std::vector<std::string>& argv) {
  std::span<const std::string> rest(argv);
  while (rest.size() > 1) {
    std::string_view first = base(rest.front());
    if (first.starts_with('-')) first.remove_prefix(1);  // a login shell
    if (!interpreter(first)) break;
    std::size_t options = 1;
    while (options < rest.size() && rest[options].starts_with('-')) {
      if (rest[options] == "-c") return {};  // the text of a script is no path
      ++options;
    }
    if (options == rest.size()) break;
    rest = rest.subspan(options);
  }
  return rest;
}

bool has(std::span<const std::string> arguments, std::string_view what) {
  return std::ranges::find(arguments, what) != arguments.end();
}

std::optional<Act> red_verb(std::string_view verb) {
  if (verb == "start") return Act::StartRed;
  if (verb == "stop") return Act::StopRed;
  if (verb == "restart") return Act::RestartRed;
  return std::nullopt;
}

// `network stop` is for all, `network stop green` is not for us.
bool names_red(std::span<const std::string> colours) {
  return colours.empty() || has(colours, "red");
}

bool reads_only(std::span<const std::string> arguments) {
  static constexpr std::array options{"-L", "--list", "-S",        "--list-rules", "-C",  "--check",
                                      "-V", "--help", "--version", "-h",           "-nL", "-vnL"};
  return std::ranges::any_of(arguments, [](const std::string& argument) {
    return std::ranges::find(options, argument) != options.end();
  });
}

bool iptables_writer(std::string_view name) {
  return (name.starts_with("iptables") || name.starts_with("xtables-")) && !name.ends_with("-save");
}

Act act_of_ip(std::span<const std::string> arguments) {
  const auto object = std::ranges::find_if(
      arguments, [](const std::string& argument) { return !argument.starts_with('-'); });
  if (object == arguments.end()) return Act::None;
  // iproute2 takes every beginning of a word.
  const bool route = std::string_view("route").starts_with(*object);
  const bool link = std::string_view("link").starts_with(*object);
  const bool address = std::string_view("address").starts_with(*object);
  if (object->empty() || !(route || link || address)) return Act::None;
  if (object + 1 == arguments.end()) return Act::None;
  static constexpr std::array reading{"show", "list", "ls", "get", "save"};
  return std::ranges::find(reading, *(object + 1)) != reading.end() ? Act::None : Act::Route;
}

bool through_ssh(std::string_view name) { return name == "sshd" || name.starts_with("sshd:"); }

std::string_view name_of(const ProcessView& process) {
  const auto program = meant(process.argv);
  if (!program.empty()) return base(program.front());
  return process.exe.empty() ? std::string_view(process.name) : base(process.exe);
}

struct Role {
  Who who = Who::Unknown;
  int rank = 0;  // the highest of a chain says whose will it is
};

Role role_of(const ProcessView& process) {
  const auto program = meant(process.argv);
  const std::string_view name = name_of(process);
  const bool script = !program.empty() && program.front().find("init.d/rc") != std::string::npos;
  if (script && name == "rc") return {Who::Boot, 9};
  if (name == "redctrl" || name == "httpd" || name == "apachectl" || name.ends_with(".cgi")) {
    return {Who::WebUi, 8};
  }
  if (name == "setup") return {Who::Setup, 7};
  if (process.terminal || through_ssh(name)) return {Who::Person, 6};
  if (name == "connscheduler" || name == "connscheduler.pl") return {Who::Scheduler, 5};
  if (name == "connectd") return {Who::Connectd, 4};
  if (name.starts_with("dhcpcd")) return {Who::Dhcpcd, 3};
  if (name == "pppd" || name == "ip-up" || name == "ip-down") return {Who::Pppd, 2};
  return {};
}

int weight(Act act) {
  switch (act) {
    case Act::StartRed:
    case Act::StopRed:
    case Act::RestartRed:
      return 4;
    case Act::Connect:
      return 3;
    case Act::Lease:
    case Act::Dial:
      return 2;
    case Act::Firewall:
    case Act::Route:
      return 1;
    case Act::None:
      break;
  }
  return 0;
}

bool mentions(std::string_view text, std::string_view device) {
  const auto inside = [](char c) { return c != ' ' && c != '[' && c != ']' && c != '='; };
  for (auto at = text.find(device); at != std::string_view::npos; at = text.find(device, at + 1)) {
    const auto end = at + device.size();
    if ((at == 0 || !inside(text[at - 1])) && (end == text.size() || !inside(text[end]))) {
      return true;
    }
  }
  return false;
}

// dhcpcd names its devices in its arguments, and later in its title; its hooks only in their
// environment.
bool leases_for(const Ancestry& ancestry, std::string_view red) {
  if (red.empty()) return true;
  return std::ranges::any_of(ancestry, [&](const ProcessView& process) {
    return act_of(process.argv) == Act::Lease &&
           std::ranges::any_of(process.argv,
                               [&](const std::string& word) { return mentions(word, red); });
  });
}

// Of arguments only what the contract's own scripts take: others may hold passwords.
std::string name_words(const ProcessView& process) {
  const auto program = meant(process.argv);
  std::string out = shown(name_of(process), 32);
  if (out.empty()) out = "a process";
  const Act act = act_of(process.argv);
  if (act == Act::StartRed || act == Act::StopRed || act == Act::RestartRed ||
      act == Act::Connect) {
    for (const std::string& argument :
         program.subspan(1).first(std::min<std::size_t>(program.size() - 1, 2))) {
      out += " " + shown(argument, 16);
    }
  }
  return out + " (process " + std::to_string(process.pid) + ")";
}

}  // namespace

std::string_view word(Who who) {
  switch (who) {
    case Who::Ourselves:
      return "ourselves";
    case Who::Boot:
      return "init";
    case Who::Person:
      return "a person";
    case Who::WebUi:
      return "the web UI";
    case Who::Setup:
      return "setup";
    case Who::Scheduler:
      return "connscheduler";
    case Who::Connectd:
      return "connectd";
    case Who::Dhcpcd:
      return "dhcpcd";
    case Who::Pppd:
      return "pppd";
    case Who::Unknown:
      return "somebody";
  }
  return "";
}

std::string_view word(Act act) {
  switch (act) {
    case Act::None:
      return "did something else";
    case Act::StartRed:
      return "started RED";
    case Act::StopRed:
      return "stopped RED";
    case Act::RestartRed:
      return "restarted RED";
    case Act::Connect:
      return "began to connect";
    case Act::Lease:
      return "worked on a lease";
    case Act::Dial:
      return "dialled";
    case Act::Firewall:
      return "changed the firewall";
    case Act::Route:
      return "changed routes";
  }
  return "";
}

Act act_of(const std::vector<std::string>& argv) {
  const auto program = meant(argv);
  if (program.empty()) return Act::None;
  const std::string_view path = program.front();
  const std::string_view name = base(path);
  const auto arguments = program.subspan(1);
  const std::string_view verb = arguments.empty() ? std::string_view() : arguments.front();

  if (name == "redctrl" || path.ends_with("networking/red")) {
    return red_verb(verb).value_or(Act::None);
  }
  if (name == "network" && !arguments.empty() && names_red(arguments.subspan(1))) {
    return red_verb(verb).value_or(Act::None);
  }
  if (name == "connectd") return Act::Connect;
  if (name.starts_with("dhcpcd")) return Act::Lease;
  if (name == "pppd" || name == "ip-up" || name == "ip-down") return Act::Dial;
  if (name == "firewallctrl" || name == "rules.pl") return Act::Firewall;
  if (name == "firewall" && verb != "status") return Act::Firewall;
  if (iptables_writer(name) && !reads_only(arguments)) return Act::Firewall;
  if (name == "ip") return act_of_ip(arguments);
  if (name == "route" && !arguments.empty() && !verb.starts_with('-')) return Act::Route;
  return Act::None;
}

Doer doer_of(const Ancestry& ancestry, pid_t ourselves, std::string_view red) {
  Doer out;
  if (ancestry.empty()) return out;
  const ProcessView& self = ancestry.front();
  out.pid = out.culprit = self.pid;
  out.words = name_words(self);
  const bool leases = leases_for(ancestry, red);
  const auto act = [&](const ProcessView& process) {
    const Act said = act_of(process.argv);
    return said == Act::Lease && !leases ? Act::None : said;
  };
  out.act = act(self);
  int rank = 0;
  const ProcessView* by = nullptr;
  const ProcessView* deed = &self;
  for (const ProcessView& process : ancestry) {
    if (process.pid == ourselves) {
      out.who = Who::Ourselves;
      return out;
    }
    const Act its = act(process);
    if (its != Act::None) out.culprit = process.pid;
    if (weight(its) > weight(out.within)) {
      out.within = its;
      deed = &process;
    }
    const Role role = role_of(process);
    if (role.rank <= rank) continue;
    rank = role.rank;
    out.who = role.who;
    by = &process;
  }
  if (deed != &self) out.words += " in " + name_words(*deed);
  if (out.who == Who::Person) out.words += " by a person";
  if (by != nullptr && by != &self && by != deed) {
    out.words += (out.who == Who::Person ? " at " : " by ") + name_words(*by);
  }
  if (by == nullptr && deed == &self && ancestry.size() > 1) {
    out.words += " of " + name_words(ancestry[1]);
  }
  return out;
}

bool deliberate(const Doer& doer) {
  const bool will = doer.who == Who::Boot || doer.who == Who::Person || doer.who == Who::WebUi ||
                    doer.who == Who::Setup;
  switch (doer.within) {
    case Act::StartRed:
    case Act::StopRed:
    case Act::RestartRed:
    case Act::Connect:
    case Act::Lease:
    case Act::Dial:
      return will;
    case Act::None:
    case Act::Firewall:
    case Act::Route:
      return false;
  }
  return false;
}

std::string shown(std::string_view text, std::size_t most) {
  std::string out(text.substr(0, most));
  for (char& c : out) {
    const bool fits = c >= ' ' && c <= '~' && c != '"' && c != '\'' && c != '`' && c != '\\';
    if (!fits) c = '?';
  }
  if (text.size() > most) out += "...";
  return out;
}

}  // namespace mwan::failover::ipfire
