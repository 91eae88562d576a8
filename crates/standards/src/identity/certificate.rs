//! GB/T 36904-2018: the identifier of an electronic certificate, `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`.

use super::Error;
use super::iso7064::mod_37_36;

/// The root under which all of them stand.
const ROOT: &str = "1.2.156.3005.2.";

/// An identifier whose check character is right.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateId {
    /// The kind of certificate: the code of the body that defined it (18) and a number (3).
    pub kind: String,
    /// The unified social credit code of the issuer.
    pub issuer: String,
    /// The issuer's own number, of any length.
    pub serial: String,
    /// Three digits.
    pub version: String,
}

impl CertificateId {
    /// Reads an identifier with its root.
    ///
    /// # Errors
    /// Which part is missing or not of its form, or which check character was expected. The codes of the two bodies are
    /// taken as they are: [`super::OrganisationCode`] judges them.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let form = |found: &str, expected| Error::Form { found: found.to_owned(), expected };
        let rest = text.strip_prefix(ROOT).ok_or_else(|| form(text, "an identifier under 1.2.156.3005.2"))?;
        let parts: Vec<&str> = rest.split('.').collect();
        let [kind, issuer, serial, version, check] = parts[..] else {
            return Err(form(rest, "type, issuer, serial, version and check with dots between them"));
        };
        let of_letters = |part: &str, length| part.len() == length && part.chars().all(is_letter);
        if !of_letters(kind, 21) {
            return Err(form(kind, "a type of 21 digits and capitals"));
        }
        if !of_letters(issuer, 18) {
            return Err(form(issuer, "an issuer of 18 digits and capitals"));
        }
        if serial.is_empty() || !serial.chars().all(is_letter) {
            return Err(form(serial, "a serial of digits and capitals"));
        }
        if version.len() != 3 || !version.chars().all(|c| c.is_ascii_digit()) {
            return Err(form(version, "a version of three digits"));
        }
        let [kind, issuer, serial, version] = [kind, issuer, serial, version].map(str::to_owned);
        let id = Self { kind, issuer, serial, version };
        match (check.chars().next(), id.check()) {
            (Some(found), Some(expected)) if check.len() == 1 && found == expected => Ok(id),
            (Some(found), Some(expected)) if check.len() == 1 => Err(Error::Check { found, expected }),
            _ => Err(form(check, "one check character")),
        }
    }

    /// The check character; `None` where a part has other characters than digits and capitals.
    pub fn check(&self) -> Option<char> {
        let parts = [&self.kind, &self.issuer, &self.serial, &self.version];
        mod_37_36(parts.into_iter().flat_map(|part| part.chars()))
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_digit() || c.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

    #[test]
    fn identifiers_in_use() {
        let other = "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F";
        for (text, serial, check) in [(REAL, "20230000403", 'U'), (other, "2430599", 'F')] {
            let id = CertificateId::parse(text).unwrap();
            assert_eq!((id.serial.as_str(), id.check()), (serial, Some(check)));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |text: &str, expected: &str| {
            let found = CertificateId::parse(text).unwrap_err().to_string();
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("1.2.3", "under 1.2.156.3005.2");
        check(&REAL.replace("403.", "404."), "expected `");
        check(&REAL.replace(".001.", ".01."), "three digits");
        check(&REAL.replace("W011", "W01"), "21 digits");
        check(&REAL.replace("L.2", ".2"), "18 digits");
        check(&REAL.replace("20230000403", ""), "serial");
        check(&REAL.replace(".U", ""), "with dots between");
        check(&REAL.replace(".U", ".UU"), "one check character");
    }
}
