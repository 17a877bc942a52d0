//! Which strings need quotes, because without them they would be read as something else.

/// Whether a scalar without quotes is read as a string, and not as another type of YAML 1.2 or one
/// that ruamel's resolver adds: the merge key, the default key, and YAML 1.1's timestamps
/// and underscores in numbers.
///
/// The resolver has a regular expression for each type. No regex crate is among the direct
/// dependencies, and functions for these few types are as short.
pub(super) fn is_plain_string(text: &str) -> bool {
    match text.as_bytes() {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => false,
        b"true" | b"True" | b"TRUE" | b"false" | b"False" | b"FALSE" => false,
        b"=" | b"<<" => false,
        [b'+' | b'-' | b'.' | b'0'..=b'9', ..] => {
            !(is_int(text) || is_float(text) || is_timestamp(text))
        }
        _ => true,
    }
}

fn is_int(text: &str) -> bool {
    let mut scanner = Scanner(text);
    scanner.skip_one("+-");
    let digits = match scanner.0.as_bytes() {
        [b'0', b'b', ..] => "01_",
        [b'0', b'o', ..] => "01234567_",
        [b'0', b'x', ..] => "0123456789abcdefABCDEF_",
        _ => return scanner.skip_some(DIGITS_AND_UNDERSCORE) && scanner.is_at_end(),
    };
    scanner.0 = &scanner.0[2..];
    scanner.skip_some(digits) && scanner.is_at_end()
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let mut scanner = Scanner(text);
    scanner.skip_one("+-");
    if matches!(scanner.0, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    if scanner.skip_one(".") {
        return scanner.skip_some(DIGITS_AND_UNDERSCORE)
            && (scanner.is_at_end()
                || scanner.skip_one("eE") && scanner.skip_one("+-") && scanner.skip_some(DIGITS))
            && scanner.is_at_end();
    }
    if !scanner.skip_one(DIGITS) {
        return false;
    }
    scanner.skip_some(DIGITS_AND_UNDERSCORE);
    let has_point = scanner.skip_one(".");
    scanner.skip_some(DIGITS_AND_UNDERSCORE);
    let has_exponent = scanner.skip_one("eE");
    if has_exponent {
        scanner.skip_one("+-");
        if !scanner.skip_some(DIGITS) {
            return false;
        }
    }
    (has_point || has_exponent) && scanner.is_at_end()
}

/// Whether it is a date such as `2015-09-15`, or a date and a time. With a time, the month, the day
/// and the hour may have one digit.
fn is_timestamp(text: &str) -> bool {
    let mut scanner = Scanner(text);
    if !(scanner.skip_digits(4, 4) && scanner.skip_one("-")) {
        return false;
    }
    let after_year = scanner.0;
    if scanner.skip_digits(2, 2)
        && scanner.skip_one("-")
        && scanner.skip_digits(2, 2)
        && scanner.is_at_end()
    {
        return true;
    }
    scanner.0 = after_year;
    if !(scanner.skip_digits(1, 2) && scanner.skip_one("-") && scanner.skip_digits(1, 2)) {
        return false;
    }
    if !(scanner.skip_one("Tt") || scanner.skip_some(" \t")) {
        return false;
    }
    let is_time = scanner.skip_digits(1, 2)
        && scanner.skip_one(":")
        && scanner.skip_digits(2, 2)
        && scanner.skip_one(":")
        && scanner.skip_digits(2, 2);
    if !is_time {
        return false;
    }
    if scanner.skip_one(".") {
        scanner.skip_some(DIGITS);
    }
    if scanner.is_at_end() {
        return true;
    }
    scanner.skip_some(" \t");
    if scanner.skip_one("+-") {
        return scanner.skip_digits(1, 2)
            && (scanner.is_at_end() || scanner.skip_one(":") && scanner.skip_digits(2, 2))
            && scanner.is_at_end();
    }
    scanner.skip_one("Z") && scanner.is_at_end()
}

const DIGITS: &str = "0123456789";
const DIGITS_AND_UNDERSCORE: &str = "0123456789_";

/// The part of a scalar that has not been read yet.
struct Scanner<'a>(&'a str);

impl Scanner<'_> {
    /// Skips one of these characters, if one is next, and returns whether it did.
    fn skip_one(&mut self, allowed: &str) -> bool {
        self.skip(allowed, 1, 1)
    }

    /// Skips all of these characters that are next, and returns whether there was one.
    fn skip_some(&mut self, allowed: &str) -> bool {
        self.skip(allowed, 1, usize::MAX)
    }

    fn skip_digits(&mut self, min: usize, max: usize) -> bool {
        self.skip(DIGITS, min, max)
    }

    /// Skips up to `max` of these characters, or none if there are fewer than `min`. All of them are
    /// ASCII.
    fn skip(&mut self, allowed: &str, min: usize, max: usize) -> bool {
        let count = self
            .0
            .chars()
            .take(max)
            .take_while(|c| allowed.contains(*c))
            .count();
        if count < min {
            return false;
        }
        self.0 = &self.0[count..];
        true
    }

    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}
