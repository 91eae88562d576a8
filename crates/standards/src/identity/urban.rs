//! Codes of urban management: grids (GB/T 30428.1) and components, the things that stand in a street (GB/T 30428.2,
//! CJ/T 545-2021). They have no check character.

use super::{Error, characters, digits};

/// The code of a unit grid: 15 digits. Grids of a community are numbered from west to east, then from north to south.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode {
    /// County or district, six digits (GB/T 2260).
    pub division: String,
    /// Street or township, three digits (GB/T 10114).
    pub township: String,
    /// Community or village, three digits.
    pub community: String,
    /// Number within the community, three digits.
    pub number: String,
}

impl GridCode {
    /// Reads 15 digits.
    ///
    /// # Errors
    /// Another length, or something that is no digit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let code = characters::<15>(text, "15 digits")?;
        digits(&code, 0)?;
        let part = |from: usize, to: usize| code[from..to].iter().collect();
        Ok(Self { division: part(0, 6), township: part(6, 9), community: part(9, 12), number: part(12, 15) })
    }
}

/// How many digits a component's minor class has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MinorDigits {
    /// Two, and a serial of six (GB/T 30428.2).
    Two,
    /// Three, and a serial of five (CJ/T 545-2021). From 080 on they are a city's own.
    Three,
}

/// The code of a component: 16 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentCode {
    /// County or district, six digits (GB/T 2260).
    pub division: String,
    /// Major class, two digits.
    pub major: String,
    /// Minor class within it.
    pub minor: String,
    /// Running number within division and class.
    pub serial: String,
}

impl ComponentCode {
    /// Reads 16 digits; the code itself does not tell how it is divided.
    ///
    /// # Errors
    /// Another length, or something that is no digit.
    pub fn parse(text: &str, minor: MinorDigits) -> Result<Self, Error> {
        let code = characters::<16>(text, "16 digits")?;
        digits(&code, 0)?;
        let part = |from: usize, to: usize| code[from..to].iter().collect();
        let end = match minor {
            MinorDigits::Two => 10,
            MinorDigits::Three => 11,
        };
        Ok(Self { division: part(0, 6), major: part(6, 8), minor: part(8, end), serial: part(end, 16) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_stands_in_a_community() {
        let grid = GridCode::parse("140213050001012").unwrap();
        assert_eq!(
            [&*grid.division, &grid.township, &grid.community, &grid.number],
            ["140213", "050", "001", "012"]
        );
        assert_eq!(
            GridCode::parse("14021305000112"),
            Err(Error::Length { found: 14, expected: "15 digits" })
        );
        let wrong = Error::Character { found: 'A', at: 15, expected: "a digit" };
        assert_eq!(GridCode::parse("14021305000101A"), Err(wrong));
    }

    #[test]
    fn a_component_is_read_in_two_ways() {
        let parts =
            |minor| ComponentCode::parse("1402130101000123", minor).map(|it| (it.major, it.minor, it.serial));
        let owned = |a: &str, b: &str, c: &str| Ok((a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(parts(MinorDigits::Two), owned("01", "01", "000123"));
        assert_eq!(parts(MinorDigits::Three), owned("01", "010", "00123"));
    }
}
