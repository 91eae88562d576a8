//! HJ 633, table 2: the six levels of the index, their names and colours.

/// A level of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 0 to 50, 优.
    Excellent,
    /// 51 to 100, 良.
    Good,
    /// 101 to 150, 轻度污染.
    Light,
    /// 151 to 200, 中度污染.
    Moderate,
    /// 201 to 300, 重度污染.
    Heavy,
    /// Above 300, 严重污染.
    Severe,
}

impl Level {
    /// The level of an index.
    pub const fn of(aqi: u16) -> Self {
        match aqi {
            0..=50 => Self::Excellent,
            51..=100 => Self::Good,
            101..=150 => Self::Light,
            151..=200 => Self::Moderate,
            201..=300 => Self::Heavy,
            301.. => Self::Severe,
        }
    }

    /// From 1 (一级) to 6 (六级).
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The legal name of the category.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Excellent => "优",
            Self::Good => "良",
            Self::Light => "轻度污染",
            Self::Moderate => "中度污染",
            Self::Heavy => "重度污染",
            Self::Severe => "严重污染",
        }
    }

    /// Red, green and blue of its prescribed colour (annex A).
    pub const fn colour(self) -> [u8; 3] {
        match self {
            Self::Excellent => [0, 228, 0],
            Self::Good => [255, 255, 0],
            Self::Light => [255, 126, 0],
            Self::Moderate => [255, 0, 0],
            Self::Heavy => [153, 0, 76],
            Self::Severe => [126, 0, 35],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_begin_behind_round_numbers() {
        for (aqi, number, name) in [
            (0, 1, "优"),
            (50, 1, "优"),
            (51, 2, "良"),
            (101, 3, "轻度污染"),
            (200, 4, "中度污染"),
            (300, 5, "重度污染"),
            (301, 6, "严重污染"),
            (500, 6, "严重污染"),
        ] {
            assert_eq!((Level::of(aqi).number(), Level::of(aqi).name()), (number, name), "{aqi}");
        }
    }
}
