//! The data area: what stands between `CP=&&` and `&&`, first as ordered pairs, then as factors.
//!
//! `,` joins pairs of one item and `;` parts items, but loggers mix the two up, so nothing here depends on the
//! difference: a factor is found by the name of its pairs. Numbers stay the text they were, so that what is kept
//! is what was sent.

use super::finding::{Finding, FindingCode};
use super::time::local_time;
use jiff::civil::DateTime;

/// Fields of the area that name no factor (table 4, and `QN` and `PW` as the edition of 2005 puts them here).
const FIELDS: [&str; 22] = [
    "SystemTime",
    "QnRtn",
    "ExeRtn",
    "RtdInterval",
    "MinInterval",
    "RestartTime",
    "PolId",
    "BeginTime",
    "EndTime",
    "DataTime",
    "NewPW",
    "OverTime",
    "ReCount",
    "VaseNo",
    "CstartTime",
    "Ctime",
    "CTime",
    "Stime",
    "InfoId",
    "QN",
    "PW",
    "CN",
];

/// Statistics that are numbers (table 4; the last two are of 2025).
const NUMBERS: [&str; 16] = [
    "Rtd",
    "Min",
    "Avg",
    "Max",
    "ZsRtd",
    "ZsMin",
    "ZsAvg",
    "ZsMax",
    "Cou",
    "Data",
    "DayData",
    "NightData",
    "RS",
    "RT",
    "SampleRd",
    "StandardValue",
];

/// Statistics that are times.
const TIMES: [&str; 2] = ["SampleTime", "CompleteTime"];

/// The start of a period for 2031, 2041, 2051 and 2061, the moment itself for 2011 and 2021.
const DATA_TIME: &str = "DataTime";

/// One `name=value` of the data area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// As sent, without blanks around it.
    pub name: &'a str,
    /// As sent, without blanks around it; may be empty.
    pub value: &'a str,
    /// Which item it stands in, counted from 0: pairs of one item follow each other.
    item: usize,
}

/// The pairs of a data area in the order they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataArea<'a> {
    pairs: Vec<Pair<'a>>,
}

/// One statistic of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// Which statistic, in the standard's words: `Rtd`, `Avg`, `ZsAvg`, `Cou`, `SampleTime` …
    pub stat: &'a str,
    /// The value as it was sent.
    pub text: &'a str,
}

/// What one packet says of one factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor<'a> {
    /// The factor's code, as sent: `a21026`, `011`, `LA`, `SB1`.
    pub code: &'a str,
    /// Its statistics in the order they were sent, each at most once.
    pub values: Vec<Reading<'a>>,
    /// The data flag: one ASCII letter or digit, `N` for a normal value.
    pub flag: Option<u8>,
    /// The maker's own flag.
    pub eflag: Option<&'a str>,
}

impl<'a> DataArea<'a> {
    /// Reads what stands between the two `&&`; what is not a pair becomes a finding.
    pub fn parse(text: &'a str) -> (Self, Vec<Finding>) {
        let (mut pairs, mut findings) = (Vec::new(), Vec::new());
        for (item, piece) in text.split(';').enumerate() {
            for piece in piece.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
                match read_pair(piece, item) {
                    Ok(pair) => pairs.push(pair),
                    Err(code) => findings.push(Finding::new(code, piece)),
                }
            }
        }
        (Self { pairs }, findings)
    }

    /// Every pair in order.
    pub fn pairs(&self) -> &[Pair<'a>] {
        &self.pairs
    }

    /// The pairs item by item.
    pub fn items(&self) -> impl Iterator<Item = &[Pair<'a>]> {
        self.pairs.chunk_by(|a, b| a.item == b.item)
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().find(|pair| pair.name == name).map(|pair| pair.value)
    }

    /// The time of that name on the logger's clock: `None` when it is absent.
    pub fn time(&self, name: &str) -> Result<Option<DateTime>, Finding> {
        let Some(text) = self.get(name) else { return Ok(None) };
        local_time(text).map(Some).ok_or_else(|| Finding::new(FindingCode::BadTime, text))
    }

    /// `DataTime`: the start of a period, or the moment of a real-time value.
    pub fn data_time(&self) -> Result<Option<DateTime>, Finding> {
        self.time(DATA_TIME)
    }

    /// The factors of an upload. Whatever cannot be used is a finding, and costs nothing that stands beside it.
    pub fn factors(&self) -> (Vec<Factor<'a>>, Vec<Finding>) {
        let (mut factors, mut findings) = (Vec::new(), Vec::new());
        let mut times = 0;
        for pair in &self.pairs {
            times += usize::from(pair.name == DATA_TIME);
            let placed = match split_name(pair.name) {
                None if FIELDS.contains(&pair.name) => Ok(()),
                None => Err(FindingCode::NotAFactor),
                // A second time in one packet starts a second set of values. Giving them the first time would be
                // a lie.
                Some(_) if times > 1 => Err(FindingCode::SecondTime),
                Some((code, stat)) => place(&mut factors, code, stat, pair.value),
            };
            if let Err(code) = placed {
                findings.push(Finding::new(code, &format!("{}={}", pair.name, pair.value)));
            }
        }
        (factors, findings)
    }

    /// Takes a pair out: where the head's own fields were put into the area.
    pub(super) fn take(&mut self, name: &str) {
        if let Some(at) = self.pairs.iter().position(|pair| pair.name == name) {
            self.pairs.remove(at);
        }
    }
}

impl<'a> Factor<'a> {
    /// A factor without values yet.
    pub fn new(code: &'a str) -> Self {
        Self { code, values: Vec::new(), flag: None, eflag: None }
    }

    /// The text of a statistic.
    pub fn text(&self, stat: &str) -> Option<&'a str> {
        self.values.iter().find(|reading| reading.stat == stat).map(|reading| reading.text)
    }

    /// A statistic as a finite number.
    pub fn number(&self, stat: &str) -> Option<f64> {
        self.text(stat).and_then(number)
    }

    /// When its sample was taken, where the packet says so: analysers of water take hours to answer.
    pub fn sample_time(&self) -> Option<DateTime> {
        self.text(TIMES[0]).and_then(local_time)
    }
}

impl Reading<'_> {
    /// The value as a finite number.
    pub fn number(&self) -> Option<f64> {
        number(self.text)
    }
}

/// Reads a decimal number: digits with a sign, a point and an exponent at most; finite, and never `nan` or `inf`.
pub fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn read_pair(piece: &str, item: usize) -> Result<Pair<'_>, FindingCode> {
    if piece.contains(char::REPLACEMENT_CHARACTER) {
        return Err(FindingCode::NotText);
    }
    let (name, value) = piece.split_once('=').ok_or(FindingCode::NoName)?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() { Err(FindingCode::NoName) } else { Ok(Pair { name, value, item }) }
}

/// `a21026-ZsAvg` is factor `a21026`, statistic `ZsAvg`. Split at the last `-`: makers' own codes may hold one.
fn split_name(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('-').filter(|(code, stat)| !code.is_empty() && !stat.is_empty())
}

/// Adds one statistic to the factor it belongs to.
fn place<'a>(
    factors: &mut Vec<Factor<'a>>,
    code: &'a str,
    stat: &'a str,
    text: &'a str,
) -> Result<(), FindingCode> {
    let value = Statistic::read(stat, text)?;
    // Pairs of a factor nearly always follow each other, so the search from the end is short.
    let at = factors.iter().rposition(|factor| factor.code == code).unwrap_or_else(|| {
        factors.push(Factor::new(code));
        factors.len() - 1
    });
    let Some(factor) = factors.get_mut(at) else { return Ok(()) };
    let free = match value {
        Statistic::Flag(flag) => factor.flag.is_none().then(|| factor.flag = Some(flag)),
        Statistic::EFlag(eflag) => factor.eflag.is_none().then(|| factor.eflag = Some(eflag)),
        Statistic::Reading(reading) => {
            factor.text(reading.stat).is_none().then(|| factor.values.push(reading))
        }
    };
    free.ok_or(FindingCode::Duplicate)
}

/// A checked statistic.
enum Statistic<'a> {
    Flag(u8),
    EFlag(&'a str),
    Reading(Reading<'a>),
}

impl<'a> Statistic<'a> {
    /// Statistics the standard does not name are taken as text: makers add their own.
    fn read(stat: &'a str, text: &'a str) -> Result<Self, FindingCode> {
        // Loggers of 2005 write `flag` in small letters; the statistics themselves are never seen so.
        if stat.eq_ignore_ascii_case("Flag") {
            let flag = text.as_bytes().first().filter(|b| text.len() == 1 && b.is_ascii_alphanumeric());
            return flag.map(|&flag| Self::Flag(flag)).ok_or(FindingCode::BadFlag);
        }
        if stat.eq_ignore_ascii_case("EFlag") {
            return Ok(Self::EFlag(text));
        }
        if NUMBERS.contains(&stat) && number(text).is_none() {
            return Err(FindingCode::NotANumber);
        }
        if TIMES.contains(&stat) && local_time(text).is_none() {
            return Err(FindingCode::BadTime);
        }
        Ok(Self::Reading(Reading { stat, text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    fn codes(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().map(|finding| finding.code.as_str()).collect()
    }

    type Expected<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<u8>);

    fn check(text: &str, expected: &[Expected<'_>], expected_findings: &[&str]) {
        let (area, _) = DataArea::parse(text);
        let (factors, findings) = area.factors();
        let found: Vec<_> = factors
            .iter()
            .map(|f| (f.code, f.values.iter().map(|v| (v.stat, v.text)).collect::<Vec<_>>(), f.flag))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(code, values, flag)| (*code, values.to_vec(), *flag)).collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(codes(&findings), expected_findings, "{text}");
    }

    #[test]
    fn factors_of_an_upload() {
        check(
            "DataTime=20160801085857;a21026-ZsAvg=12.5,a21026-Flag=N;w01018-SampleTime=20160801070000,w01018-Rtd=2.2",
            &[
                ("a21026", &[("ZsAvg", "12.5")], Some(b'N')),
                ("w01018", &[("SampleTime", "20160801070000"), ("Rtd", "2.2")], None),
            ],
            &[],
        );
    }

    #[test]
    fn the_flag_may_come_first_in_small_letters_or_in_its_own_item() {
        check("l01001-Flag=N,l01001-Rtd=119.9", &[("l01001", &[("Rtd", "119.9")], Some(b'N'))], &[]);
        check("A18-Avg=40.28,A18-flag=N", &[("A18", &[("Avg", "40.28")], Some(b'N'))], &[]);
        check(
            "a1-Rtd=1;a2-Rtd=2;a1-Flag=d;",
            &[("a1", &[("Rtd", "1")], Some(b'd')), ("a2", &[("Rtd", "2")], None)],
            &[],
        );
    }

    #[test]
    fn a_bad_pair_costs_nothing_beside_it() {
        check(
            "a1-Rtd=,a1-Flag=D;a2-Rtd=1.2.3,a2-Min=1;NOIS=N;a3-Rtd=nan;a4-Flag=NN,a4-Rtd=4;-Rtd=1;a5-SampleTime=1,a5-Rtd=5",
            &[
                ("a1", &[], Some(b'D')),
                ("a2", &[("Min", "1")], None),
                ("a4", &[("Rtd", "4")], None),
                ("a5", &[("Rtd", "5")], None),
            ],
            &[
                "not-a-number",
                "not-a-number",
                "not-a-factor",
                "not-a-number",
                "bad-flag",
                "not-a-factor",
                "bad-time",
            ],
        );
    }

    #[test]
    fn the_first_of_two_values_stands() {
        check(
            "a1-Rtd=1,a1-Rtd=2,a1-Flag=N,a1-Flag=D",
            &[("a1", &[("Rtd", "1")], Some(b'N'))],
            &["duplicate"; 2],
        );
    }

    #[test]
    fn values_behind_a_second_time_are_given_to_neither() {
        check(
            "DataTime=20160801080000;a1-Avg=1;DataTime=20160801090000;a2-Avg=2",
            &[("a1", &[("Avg", "1")], None)],
            &["second-time"],
        );
    }

    #[test]
    fn what_makers_add_is_kept_as_text() {
        check(
            "LA-td=50.1,LA-Flag=N;i22005-Info=x=y",
            &[("LA", &[("td", "50.1")], Some(b'N')), ("i22005", &[("Info", "x=y")], None)],
            &[],
        );
    }

    #[test]
    fn pieces_that_are_no_pair() {
        let (area, findings) = DataArea::parse(" A = 1 ,B=;;,nothing;=2;C=\u{FFFD};D=污染 ");
        let pairs: Vec<_> = area.pairs().iter().map(|pair| (pair.name, pair.value)).collect();
        assert_eq!(pairs, [("A", "1"), ("B", ""), ("D", "污染")]);
        assert_eq!(codes(&findings), ["no-name", "no-name", "not-text"]);
        assert_eq!(area.items().map(<[Pair<'_>]>::len).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn times_of_the_area() {
        let (area, _) = DataArea::parse("BeginTime=20160801000000,EndTime=20161301000000");
        assert_eq!(area.time("BeginTime"), Ok(Some(datetime(2016, 8, 1, 0, 0, 0, 0))));
        assert_eq!(area.time("EndTime").map_err(|finding| finding.code), Err(FindingCode::BadTime));
        assert_eq!(area.data_time(), Ok(None));
    }

    #[test]
    fn numbers_are_decimal_and_finite() {
        for (text, value) in
            [("1", 1.0), ("-100", -100.0), ("0.00", 0.0), ("1.2E-05", 1.2e-5), ("+3.", 3.0), (".5", 0.5)]
        {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "-", "nan", "inf", "1e999", "1,5", "0x10", "1 2", "--1", "e5", "１"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_fall(text: String) {
            let (area, findings) = DataArea::parse(&text);
            let pieces = text.split([';', ',']).filter(|piece| !piece.trim().is_empty()).count();
            prop_assert_eq!(area.pairs().len() + findings.len(), pieces, "every piece is a pair or a finding");
            let (factors, findings) = area.factors();
            prop_assert!(factors.len() + findings.len() <= area.pairs().len());
        }

        #[test]
        fn every_pair_of_an_upload_is_a_value_or_a_finding(
            text in "(a[0-9]-(Rtd|Avg|Flag|Foo)=[0-9N.]{0,2}[,;]|DataTime=1;|x=y,){0,12}",
        ) {
            let (area, _) = DataArea::parse(&text);
            let (factors, findings) = area.factors();
            let kept: usize = factors.iter().map(|f| f.values.len() + usize::from(f.flag.is_some())).sum();
            let fields = area.pairs().iter().filter(|pair| pair.name == DATA_TIME).count();
            prop_assert_eq!(kept + findings.len() + fields, area.pairs().len());
        }
    }
}
