// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/options.hpp"

#include <map>

#include <CLI/CLI.hpp>

namespace mwan::replay {
namespace {

const std::map<std::string, Format> formats = {
    {"wmn-lab", Format::WmnLab}, {"native", Format::Native}, {"log", Format::Log}};
const std::map<std::string, Mode> modes = {{"radio", Mode::Radio}, {"pings", Mode::Pings}};

void define_source(CLI::App& app, Options& out) {
  app.add_option("--pairs", out.pairs,
                 "Play every pair of this file: columns pair, date, epoch, n, nameA, nameB");
  app.add_option("--traces", out.traces, "The folder of the recordings that --pairs names");
  app.add_option("--decisions", out.decisions,
                 "Write which link was chosen for every second: t,active,reason; with --pairs the "
                 "pair's number comes first");
  app.add_option("--seed", out.seed, "Which probes are lost, where a recording leaves it to chance")
      ->capture_default_str();
  app.add_option("--switch-price", out.switch_price,
                 "Lost seconds that a change of link must save (SWITCH_PRICE_MS of the settings)")
      ->check(CLI::Range(0.01, 600.0));
  app.add_option("--plot", out.plot,
                 "Draw radio, losses, risk and decisions on one time axis (SVG); with --pairs a "
                 "folder for the five worst minutes");
}

void define(CLI::App& app, Options& out) {
  app.add_option("links", out.links,
                 "Recordings of the links, in the order of their preference; of a decision log its "
                 "files, the older one first")
      ->option_text("LINK_A LINK_B...");
  app.add_option("--format", out.format,
                 "What they are: native (written by mwan-modem record), wmn-lab (CSV, one row a "
                 "second), log (decisions of the daemon, compared with those of this version)")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case))
      ->option_text("native|wmn-lab|log");
  define_source(app, out);
  app.add_option("--settings", out.settings,
                 "A configuration folder: its settings and, in order of priority, its profiles are "
                 "those of the links");
  app.add_option("--mode", out.mode, "What may decide: radio and probes, or probes alone")
      ->transform(CLI::CheckedTransformer(modes, CLI::ignore_case))
      ->option_text("radio|pings");
  app.add_option("--json", out.json, "Write the figures as JSON (- for standard output)");
  app.add_option("--radio-late", out.radio_late_s, "Tell radio readings so many seconds late")
      ->check(CLI::Range(0, 60));
  app.add_option("--probes", out.probes, "Probes of a round; there is one a second")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_flag("--without-neighbours", out.without_neighbours, "Leave neighbour cells out");
  app.add_flag("--lte-only", out.without_nr, "Leave 5G out");
}

std::string misuse(const Options& o) {
  if (o.learn || !o.pairs.empty()) {
    if (o.pairs.empty() || o.traces.empty()) return "--pairs and --traces belong together";
    if (!o.links.empty()) return "give recordings or --pairs, not both";
    if (!o.learn && o.format != Format::WmnLab) return "--pairs is for --format wmn-lab";
    return {};
  }
  if (o.links.empty()) return "give the recordings of the links, or --pairs; --help says more";
  if (o.format != Format::Log && o.links.size() < 2)
    return "there is nothing to choose with one link";
  return {};
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions out;
  CLI::App app{
      "Plays recorded links to the failover engine in virtual time, and learns its risk "
      "model from them"};
  app.set_version_flag("--version", MWAN_VERSION);
  define(app, out.options);
  CLI::App* learn = app.add_subcommand(
      "learn", "Compute the coefficients of the risk model from --pairs (wmn-lab)");
  define_source(*learn, out.options);
  learn->add_flag("--cross-validate", out.options.cross_validate,
                  "Learn on all dates but one and play that one, for every date");
  learn->add_option("--write", out.options.write,
                    "Write the model learned from all dates as shipped_risk_model.cpp");
  try {
    app.parse(argc, argv);
    out.options.learn = learn->parsed();
    if (const std::string why = misuse(out.options); !why.empty()) {
      throw CLI::ValidationError("mwan-replay", why);
    }
    out.run = true;
  } catch (const CLI::ParseError& e) {
    out.exit_code = app.exit(e) == 0 ? 0 : 2;
  }
  return out;
}

}  // namespace mwan::replay
