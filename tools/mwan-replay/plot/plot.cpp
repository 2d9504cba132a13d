// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/plot/plot.hpp"

#include <algorithm>

#include "tools/mwan-replay/plot/svg.hpp"

namespace mwan::replay {
namespace {

constexpr const char* blue = "#4477aa";
constexpr const char* violet = "#aa3377";
constexpr const char* red = "#cc3311";
constexpr const char* green = "#228833";

template <class Get>
std::vector<std::optional<double>> values(PlotWindow window, Get get) {
  std::vector<std::optional<double>> out;
  for (std::size_t t = window.first; t < window.end; ++t) out.push_back(get(t));
  return out;
}

Panel radio_panel(const ScoredLink& link, PlotWindow window, const std::string& title) {
  const auto second = [&](std::size_t t) -> const RecordedSecond& {
    return link.recording->seconds.at(link.offset + t);
  };
  Panel out{.title = title,
            .low = -30,
            .high = 0,
            .grid = {-25, -20, -15, -10, -5},
            .bars = {},
            .curves = {}};
  Bars lost{.label = "packets lost", .colour = red, .values = {}};
  for (std::size_t t = window.first; t < window.end; ++t) {
    lost.values.push_back(second(t).worse() / packets_per_second);
  }
  out.bars.push_back(std::move(lost));
  using Value = std::optional<double>;
  out.curves.push_back({"RSRQ, dB", blue, values(window, [&](std::size_t t) -> Value {
                          if (!second(t).lte) return std::nullopt;
                          return second(t).lte->rsrq_db;
                        })});
  out.curves.push_back(
      {"neighbour's lead - 15 dB", violet, values(window, [&](std::size_t t) -> Value {
         const RecordedSecond& s = second(t);
         if (!s.lte || s.lte_neighbours.empty()) return std::nullopt;
         double best = s.lte_neighbours.front().rsrp_dbm;
         for (const auto& n : s.lte_neighbours) best = std::max(best, n.rsrp_dbm);
         return best - s.lte->rsrp_dbm - 15;
       })});
  out.curves.push_back({"5G RSRQ, dB", green, values(window, [&](std::size_t t) -> Value {
                          if (!second(t).nr) return std::nullopt;
                          return second(t).nr->rsrq_db;
                        })});
  return out;
}

Panel opinion_panel(const DriveResult& result, std::size_t link, PlotWindow window,
                    const std::string& title) {
  Panel out{.title = title,
            .low = 0,
            .high = 1,
            .grid = {0, 0.25, 0.5, 0.75, 1},
            .bars = {},
            .curves = {}};
  const auto opinion = [&](std::size_t t) { return result.opinions.at(t).at(link).assessment; };
  using Value = std::optional<double>;
  out.curves.push_back(
      {"risk of loss", red, values(window, [&](std::size_t t) { return Value(opinion(t).risk); })});
  out.curves.push_back({"cost of staying / 3 s", blue,
                        values(window, [&](std::size_t t) { return Value(opinion(t).cost / 3); })});
  return out;
}

Band band_of(const DriveResult& result, const std::vector<std::string>& names, PlotWindow window) {
  Band out{names, {}, {}};
  for (std::size_t t = window.first; t < window.end; ++t) {
    out.values.push_back(result.seconds.at(t).active);
    const bool changed = t > 0 && result.seconds[t].active != result.seconds[t - 1].active;
    out.notes.push_back(changed ? result.seconds[t].reason : "");
  }
  return out;
}

}  // namespace

Status plot_recordings(const std::vector<ScoredLink>& links, const DriveResult& result,
                       PlotWindow window, const std::string& path) {
  std::vector<Panel> panels;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < links.size(); ++i) {
    names.push_back(links[i].recording->name);
    panels.push_back(radio_panel(links[i], window, "radio of " + names.back()));
    panels.push_back(opinion_panel(result, i, window, "the engine's view of it"));
  }
  return write_svg(path, window.first, panels, band_of(result, names, window));
}

Status plot_opinions(const std::vector<std::string>& names, const DriveResult& result,
                     const std::string& path) {
  const PlotWindow all{0, result.seconds.size()};
  std::vector<Panel> panels;
  for (std::size_t i = 0; i < names.size(); ++i) {
    panels.push_back(opinion_panel(result, i, all, "the engine's view of " + names[i]));
  }
  return write_svg(path, 0, panels, band_of(result, names, all));
}

}  // namespace mwan::replay
