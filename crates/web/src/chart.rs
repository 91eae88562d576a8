//! A chart of hourly values as inline SVG: bars, the limit as a labelled line, hours that do not count hatched.
//!
//! Pure: figures and words in, text out. A table with the same figures always stands beside it. Colours come from
//! the style sheet's classes, so that print and other schemes can change them.

use askama::filters::{Html, HtmlSafe, escape};
use std::fmt::{self, Write};

/// One interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Where it begins, as shown on the axis: `14:00`.
    pub from: String,
    /// Its value; `None` where nothing came.
    pub value: Option<f64>,
    /// Whether the value counts.
    pub valid: bool,
    /// The limit in force then.
    pub limit: Option<f64>,
    /// The value of another series beside it.
    pub beside: Option<f64>,
}

/// What the chart says in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// What it shows, with the unit.
    pub title: String,
    /// The figures in one sentence, for those who do not see it.
    pub description: String,
    /// Beside the limit's line.
    pub limit: String,
    /// Where the last interval ends: the axis' last label.
    pub end: String,
}

/// Width and height in the drawing's own units, which are the page's pixels at full size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A finished drawing, safe to put into a page.
pub struct Svg(String);

impl Svg {
    /// A drawing whose words have been escaped.
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Svg {}

const LEFT: f64 = 46.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 26.0;

/// Draws the bars. `id` tells two drawings of one page apart: letters, digits and hyphens.
pub fn bars(bars: &[Bar], labels: &Labels, size: Size, id: &str) -> Svg {
    let scale = Scale::new(bars, size);
    let mut svg = String::new();
    // Writing to a `String` cannot fail.
    let _ = frame(&mut svg, labels, size, id)
        .and_then(|()| grid(&mut svg, &scale))
        .and_then(|()| columns(&mut svg, bars, &scale, id))
        .and_then(|()| axis(&mut svg, bars, labels, &scale))
        .and_then(|()| limits(&mut svg, bars, labels, &scale))
        .and_then(|()| beside(&mut svg, bars, &scale))
        .and_then(|()| svg.write_str("</svg>"));
    Svg(svg)
}

/// From figures to places.
struct Scale {
    step: f64,
    bottom: f64,
    right: f64,
    per_unit: f64,
    tick: f64,
    ticks: u32,
}

impl Scale {
    fn new(bars: &[Bar], size: Size) -> Self {
        let (width, height) = (f64::from(size.width.max(120)), f64::from(size.height.max(80)));
        let figures =
            bars.iter().flat_map(|bar| [bar.shown(), bar.other(), bar.limit.filter(|l| drawable(*l))]);
        let figures = figures.flatten();
        let highest = figures.fold(0.0_f64, f64::max);
        let tick = nice(highest / 5.0);
        let ticks = (1..=6_u32).find(|n| f64::from(*n) * tick >= highest).unwrap_or(6);
        let count = u32::try_from(bars.len().max(1)).unwrap_or(u32::MAX);
        Self {
            step: (width - LEFT - RIGHT) / f64::from(count),
            bottom: height - BOTTOM,
            right: width - RIGHT,
            per_unit: (height - BOTTOM - TOP) / (tick * f64::from(ticks)),
            tick,
            ticks,
        }
    }

    fn x(&self, index: usize) -> f64 {
        LEFT + self.step * f64::from(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn y(&self, value: f64) -> f64 {
        (self.bottom - value * self.per_unit).max(0.0)
    }
}

impl Bar {
    /// The value as it can be drawn: a measured concentration, never below the axis.
    fn shown(&self) -> Option<f64> {
        self.value.filter(|value| drawable(*value)).map(|value| value.max(0.0))
    }

    /// The other series' value, likewise.
    fn other(&self) -> Option<f64> {
        self.beside.filter(|value| drawable(*value)).map(|value| value.max(0.0))
    }

    fn class(&self) -> &'static str {
        match (self.valid, self.shown(), self.limit) {
            (false, ..) => "no",
            (true, Some(value), Some(limit)) if value > limit => "over",
            _ => "ok",
        }
    }
}

/// Neither infinite nor so large that the axis could not be read.
fn drawable(value: f64) -> bool {
    value.abs() < 1e9
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn nice(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|factor| factor * power >= value * 0.999_999);
    factor.unwrap_or(10.0) * power
}

fn frame(svg: &mut String, labels: &Labels, size: Size, id: &str) -> fmt::Result {
    let Size { width, height } = size;
    let (Ok(title), Ok(description)) = (escape(&labels.title, Html), escape(&labels.description, Html));
    write!(
        svg,
        "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{description}</desc>\
         <defs><pattern id=\"{id}-h\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" class=\"hatch-bg\"/>\
         <path d=\"M0 0V6\" class=\"hatch\"/></pattern></defs>"
    )
}

fn grid(svg: &mut String, scale: &Scale) -> fmt::Result {
    for n in 0..=scale.ticks {
        let value = scale.tick * f64::from(n);
        let (y, right) = (scale.y(value), scale.right);
        let class = if n == 0 { "base" } else { "grid" };
        write!(svg, "<path class=\"{class}\" d=\"M{LEFT} {y:.1}H{right}\"/>")?;
        write!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.1}\" class=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            plain(value)
        )?;
    }
    Ok(())
}

/// A tick's figure without the noise of binary fractions.
fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn columns(svg: &mut String, bars: &[Bar], scale: &Scale, id: &str) -> fmt::Result {
    let gap = (scale.step * 0.16).min(6.0);
    for (index, bar) in bars.iter().enumerate() {
        let (x, width, class) = (scale.x(index) + gap / 2.0, scale.step - gap, bar.class());
        let fill = if class == "no" { format!(" fill=\"url(#{id}-h)\"") } else { String::new() };
        match bar.shown() {
            Some(value) => {
                let y = scale.y(value);
                let height = scale.bottom - y;
                write!(svg, "<rect class=\"{class}\"{fill} x=\"{x:.1}\" y=\"{y:.1}\" ")?;
                write!(svg, "width=\"{width:.1}\" height=\"{height:.1}\"/>")?;
            }
            // Nothing came: the hour is marked on the axis, so that a gap is not read as zero.
            None => {
                let y = scale.bottom - 9.0;
                write!(svg, "<path class=\"gap\" d=\"M{x:.1} {y:.1}h{width:.1}v9h-{width:.1}z\"/>")?;
            }
        }
    }
    Ok(())
}

fn axis(svg: &mut String, bars: &[Bar], labels: &Labels, scale: &Scale) -> fmt::Result {
    // Labels need some forty units each; they stand at the boundary where an interval begins.
    let wanted = [1, 2, 3, 4, 6, 8, 12, 24];
    let fits = |every: &u32| f64::from(*every) * scale.step >= 44.0;
    let every = wanted.into_iter().find(fits).unwrap_or(24) as usize;
    let y = scale.bottom + 17.0;
    let ends = bars.len().is_multiple_of(every) && !bars.is_empty();
    let begins = bars.iter().map(|bar| &bar.from).enumerate().step_by(every);
    for (index, text) in begins.chain(ends.then_some((bars.len(), &labels.end))) {
        let Ok(text) = escape(text, Html);
        let class = if index == bars.len() { "end" } else { "mid" };
        let x = scale.x(index) + if index == bars.len() { RIGHT } else { 0.0 };
        write!(svg, "<path class=\"base\" d=\"M{:.1} {:.1}v5\"/>", scale.x(index), scale.bottom)?;
        write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{text}</text>")?;
    }
    Ok(())
}

/// A line over each run of intervals with the same limit; the last run carries the label.
fn limits(svg: &mut String, bars: &[Bar], labels: &Labels, scale: &Scale) -> fmt::Result {
    let mut start = 0;
    let mut last = None;
    for run in bars.chunk_by(|a, b| a.limit == b.limit) {
        let end = start + run.len();
        if let Some(limit) = run.first().and_then(|bar| bar.limit).filter(|limit| drawable(*limit)) {
            let y = scale.y(limit);
            write!(svg, "<path class=\"limit\" d=\"M{:.1} {y:.1}H{:.1}\"/>", scale.x(start), scale.x(end))?;
            last = Some(y);
        }
        start = end;
    }
    let Some(y) = last else { return Ok(()) };
    let Ok(text) = escape(&labels.limit, Html);
    let (x, y, class) = limit_place(bars, labels, scale, y);
    if y < TOP {
        write!(svg, "<path class=\"limit\" d=\"M{LEFT:.1} {:.1}H{:.1}\"/>", y - 4.0, x - 5.0)?;
    }
    write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}limit-text\">{text}</text>")
}

/// Another series: a line from hour to hour that breaks where it has no value; a value alone is a point.
fn beside(svg: &mut String, bars: &[Bar], scale: &Scale) -> fmt::Result {
    let points = bars.iter().enumerate();
    let points: Vec<Option<(f64, f64)>> = points
        .map(|(at, bar)| bar.other().map(|value| (scale.x(at) + scale.step / 2.0, scale.y(value))))
        .collect();
    for run in points.split(Option::is_none) {
        let run: Vec<String> = run.iter().flatten().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        if !run.is_empty() {
            write!(svg, "<path class=\"beside\" d=\"M{}h0\"/>", run.join("L"))?;
        }
    }
    Ok(())
}

/// Over the line at its left or right end, where no tall bar stands in the way; else above the chart, with a sample.
fn limit_place(bars: &[Bar], labels: &Labels, scale: &Scale, line: f64) -> (f64, f64, &'static str) {
    let width: f64 = labels.limit.chars().map(|c| if c.is_ascii() { 6.6 } else { 12.0 }).sum::<f64>() + 8.0;
    let crowded = |from: f64, to: f64| {
        let within = |at: usize| scale.x(at + 1) > from && scale.x(at) < to;
        let tall = |bar: &Bar| bar.shown().is_some_and(|value| scale.y(value) < line);
        bars.iter().enumerate().any(|(at, bar)| within(at) && tall(bar))
    };
    if !crowded(LEFT, LEFT + width) {
        (LEFT + 4.0, line - 6.0, "")
    } else if !crowded(scale.right - width, scale.right) {
        (scale.right, line - 6.0, "end ")
    } else {
        (LEFT + 26.0, TOP - 10.0, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 640, height: 240 };

    fn bar(value: Option<f64>, valid: bool, limit: Option<f64>) -> Bar {
        Bar { from: "14:00".to_owned(), value, valid, limit, beside: None }
    }

    fn draw(list: &[Bar]) -> String {
        let text = |text: &str| text.to_owned();
        let labels = Labels {
            title: text("SO2 <mg/m³>"),
            description: text("One over"),
            limit: text("Limit 200"),
            end: text("15:00"),
        };
        bars(list, &labels, SIZE, "c").to_string()
    }

    fn count(svg: &str, part: &str) -> usize {
        svg.matches(part).count()
    }

    #[test]
    fn each_kind_of_hour_looks_its_own() {
        let limit = Some(200.0);
        let svg = draw(&[
            bar(Some(150.0), true, limit),
            bar(Some(200.0), true, limit),
            bar(Some(200.1), true, limit),
            bar(Some(900.0), false, limit),
            bar(None, false, limit),
        ]);
        assert_eq!(count(&svg, "<rect class=\"ok\""), 2, "a value at the limit is not over it");
        assert_eq!(count(&svg, "<rect class=\"over\""), 1);
        assert_eq!(count(&svg, "<rect class=\"no\" fill=\"url(#c-h)\""), 1);
        assert_eq!(count(&svg, "class=\"gap\""), 1);
        assert_eq!(count(&svg, "class=\"limit\""), 1);
        assert_eq!(count(&svg, "Limit 200"), 1);
    }

    #[test]
    fn it_names_itself_and_escapes() {
        let svg = draw(&[bar(Some(1.0), true, None)]);
        assert!(svg.contains("role=\"img\" aria-labelledby=\"c-t c-d\""));
        assert!(
            svg.contains("<title id=\"c-t\">SO2 &#60;mg/m³&#62;</title><desc id=\"c-d\">One over</desc>")
        );
        assert!(!svg.contains("class=\"limit\""), "no limit, no line");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
    }

    #[test]
    fn a_limit_that_changes_is_a_step() {
        let svg = draw(&[
            bar(Some(1.0), true, Some(100.0)),
            bar(Some(1.0), true, Some(100.0)),
            bar(Some(1.0), true, Some(50.0)),
        ]);
        assert_eq!(count(&svg, "class=\"limit\""), 2);
        assert_eq!(count(&svg, "Limit 200"), 1);
    }

    #[test]
    fn another_series_is_a_line_that_breaks_where_it_has_no_value() {
        let with = |beside| Bar { beside, ..bar(Some(1.0), true, None) };
        let svg =
            draw(&[with(Some(4.0)), with(Some(2.0)), with(None), with(Some(f64::NAN)), with(Some(9.0))]);
        assert_eq!(count(&svg, "<path class=\"beside\""), 2);
        assert!(svg.contains(">10</text>"), "the axis reaches it: {svg}");
    }

    #[test]
    fn the_limit_s_label_keeps_clear_of_tall_bars() {
        let (low, high) = (|| bar(Some(50.0), true, Some(200.0)), || bar(Some(400.0), true, Some(200.0)));
        let place = |list: Vec<Bar>| {
            draw(&list).split("<text ").last().unwrap().split('"').nth(1).unwrap().to_owned()
        };
        let row = |kinds: &str| kinds.chars().map(|kind| if kind == 'h' { high() } else { low() }).collect();
        assert_eq!(place(row("llllllllllhh")), "50.0", "at the left");
        assert_eq!(place(row("hhllllllllll")), "630.0", "at the right");
        assert_eq!(place(row("hhllllllllhh")), "72.0", "above, with a piece of the line");
    }

    #[test]
    fn strange_figures_draw_nothing_strange() {
        for list in [
            vec![],
            vec![bar(Some(f64::NAN), true, None)],
            vec![bar(Some(f64::INFINITY), true, Some(f64::NAN))],
            vec![bar(Some(-5.0), true, Some(0.0))],
            vec![bar(Some(f64::MAX), true, Some(1.0))],
            vec![bar(Some(1e-12), true, None); 500],
        ] {
            let svg = draw(&list);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn bars_stay_inside_the_frame() {
        let svg = draw(&[bar(Some(412.0), true, Some(200.0)), bar(Some(38.5), true, Some(200.0))]);
        let places =
            svg.split(" y=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok());
        assert!(places.into_iter().all(|y| (0.0..=240.0).contains(&y)), "{svg}");
    }

    #[test]
    fn ticks_are_round() {
        let check = |value, expected: f64| assert!((nice(value) - expected).abs() < 1e-9, "{value}");
        check(0.0, 1.0);
        check(82.4, 100.0);
        check(21.0, 25.0);
        check(0.03, 0.05);
        check(100.0, 100.0);
        assert_eq!(plain(0.300_000_000_000_4), "0.3");
        assert_eq!(plain(400.0), "400");
    }
}
