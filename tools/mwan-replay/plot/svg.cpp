// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/plot/svg.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

namespace mwan::replay {
namespace {

constexpr double left = 60;
constexpr double right = 20;
constexpr double width = 1000;
constexpr double panel_height = 130;
constexpr double gap = 34;
constexpr double band_height = 26;
constexpr std::array<const char*, 6> band_colours = {"#4477aa", "#ee8866", "#228833",
                                                     "#aa3377", "#bbbbbb", "#ccbb44"};

// Names of files may hold anything.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

class Drawing {
 public:
  Drawing(std::size_t first, std::size_t seconds) : first_(first), seconds_(seconds) {}

  void panel(const Panel& p) {
    top_ += gap;
    text(left, top_ - 6, p.title, "#222222", "font-weight=\"bold\"");
    double label_x = width - right;
    for (auto it = p.curves.rbegin(); it != p.curves.rend(); ++it) legend(label_x, *it);
    for (auto it = p.bars.rbegin(); it != p.bars.rend(); ++it) legend(label_x, *it);
    out_ += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#fafafa\" "
        "stroke=\"#cccccc\"/>\n",
        left, top_, width - left - right, panel_height);
    for (const double value : p.grid) grid(p, value);
    for (const Bars& bars : p.bars) draw(bars);
    for (const Curve& curve : p.curves) draw(p, curve);
    top_ += panel_height;
  }

  void band(const Band& b) {
    top_ += gap;
    text(left, top_ - 6, "link in use", "#222222", "font-weight=\"bold\"");
    double label_x = width - right;
    for (std::size_t i = b.names.size(); i-- > 0;) {
      legend(label_x, Curve{b.names[i], band_colours.at(i % band_colours.size()), {}});
    }
    for (std::size_t t = 0; t < b.values.size(); ++t) {
      out_ += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\" fill=\"{}\"/>\n", x(t), top_,
          x(t + 1) - x(t) + 0.3, band_height, band_colours.at(b.values[t] % band_colours.size()));
    }
    for (std::size_t t = 0; t < b.notes.size(); ++t) {
      if (b.notes[t].empty()) continue;
      out_ += fmt::format(
          "<line x1=\"{0:.2f}\" x2=\"{0:.2f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#000000\" "
          "stroke-dasharray=\"2 3\"><title>{3}</title></line>\n",
          x(t), gap, top_ + band_height, escaped(b.notes[t]));
    }
    top_ += band_height;
    axis();
  }

  [[nodiscard]] std::string finish() const {
    return fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
               "height=\"{1}\" font-family=\"sans-serif\" font-size=\"11\">\n"
               "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
               width, top_ + gap) +
           out_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(std::size_t t) const {
    return left + (width - left - right) * static_cast<double>(t) /
                      static_cast<double>(std::max<std::size_t>(seconds_, 1));
  }
  [[nodiscard]] double y(const Panel& p, double value) const {
    const double share = std::clamp((value - p.low) / (p.high - p.low), 0.0, 1.0);
    return top_ + panel_height * (1 - share);
  }
  void text(double at_x, double at_y, const std::string& words, const std::string& colour,
            const char* extra) {
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\" {}>{}</text>\n", at_x, at_y,
                        colour, extra, escaped(words));
  }
  template <class Labelled>
  void legend(double& at_x, const Labelled& labelled) {
    text(at_x, top_ - 6, labelled.label, labelled.colour, "text-anchor=\"end\"");
    at_x -= 7.0 * static_cast<double>(labelled.label.size()) + 14;
  }
  void grid(const Panel& p, double value) {
    out_ +=
        fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#e0e0e0\"/>\n",
                    left, width - right, y(p, value), y(p, value));
    text(left - 6, y(p, value) + 4, fmt::format("{:g}", value), "#666666", "text-anchor=\"end\"");
  }
  void draw(const Bars& bars) {
    for (std::size_t t = 0; t < bars.values.size(); ++t) {
      if (bars.values[t] <= 0) continue;
      const double height = panel_height * std::min(bars.values[t], 1.0);
      out_ += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\" fill=\"{}\" "
          "fill-opacity=\"0.5\"/>\n",
          x(t), top_ + panel_height - height, x(t + 1) - x(t), height, bars.colour);
    }
  }
  void draw(const Panel& p, const Curve& curve) {
    std::string points;
    const auto flush = [&] {
      if (!points.empty()) {
        out_ += fmt::format(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" "
            "stroke-width=\"1.5\"/>\n",
            points, curve.colour);
      }
      points.clear();
    };
    for (std::size_t t = 0; t < curve.values.size(); ++t) {
      if (const auto value = curve.values[t]) {
        points += fmt::format("{:.1f},{:.1f} ", (x(t) + x(t + 1)) / 2, y(p, *value));
      } else {
        flush();
      }
    }
    flush();
  }
  void axis() {
    const std::size_t step = seconds_ <= 150 ? 10 : seconds_ <= 900 ? 60 : 600;
    for (std::size_t t = 0; t <= seconds_; ++t) {
      if ((first_ + t) % step != 0) continue;
      text(x(t), top_ + 14, fmt::format("{} s", first_ + t), "#666666", "text-anchor=\"middle\"");
    }
  }

  std::size_t first_;
  std::size_t seconds_;
  double top_ = 0;
  std::string out_;
};

}  // namespace

Status write_svg(const std::string& path, std::size_t first, const std::vector<Panel>& panels,
                 const Band& band) {
  Drawing drawing(first, band.values.size());
  for (const Panel& panel : panels) drawing.panel(panel);
  drawing.band(band);
  std::ofstream out(path);
  out << drawing.finish();
  out.close();
  if (!out) return failed(FailureClass::Permanent, path, "cannot be written");
  return {};
}

}  // namespace mwan::replay
