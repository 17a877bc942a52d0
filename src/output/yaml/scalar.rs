//! Which texts are read as something else than a string unless they are in quotes.

/// Whether a plain scalar is read as a string: as nothing else of YAML 1.2, as ruamel has it, which
/// adds the merge key, the default key and YAML 1.1's timestamps and underscores.
pub(super) fn is_string(text: &str) -> bool {
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
    let mut rest = Rest(text);
    rest.one("+-");
    let digits = match rest.0.as_bytes() {
        [b'0', b'b', ..] => "01_",
        [b'0', b'o', ..] => "01234567_",
        [b'0', b'x', ..] => "0123456789abcdefABCDEF_",
        _ => return rest.many(DIGITS_) && rest.is_done(),
    };
    rest.0 = &rest.0[2..];
    rest.many(digits) && rest.is_done()
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let mut rest = Rest(text);
    rest.one("+-");
    if matches!(rest.0, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    if rest.one(".") {
        return rest.many(DIGITS_)
            && (rest.is_done() || rest.one("eE") && rest.one("+-") && rest.many(DIGITS))
            && rest.is_done();
    }
    if !rest.one(DIGITS) {
        return false;
    }
    rest.many(DIGITS_);
    let has_point = rest.one(".");
    rest.many(DIGITS_);
    let has_exponent = rest.one("eE");
    if has_exponent {
        rest.one("+-");
        if !rest.many(DIGITS) {
            return false;
        }
    }
    (has_point || has_exponent) && rest.is_done()
}

/// `2015-09-15`, or a date and a time, whose months, days and hours may have one digit.
fn is_timestamp(text: &str) -> bool {
    let mut rest = Rest(text);
    if !(rest.digits(4, 4) && rest.one("-")) {
        return false;
    }
    let start = rest.0;
    if rest.digits(2, 2) && rest.one("-") && rest.digits(2, 2) && rest.is_done() {
        return true;
    }
    rest.0 = start;
    if !(rest.digits(1, 2) && rest.one("-") && rest.digits(1, 2)) {
        return false;
    }
    if !(rest.one("Tt") || rest.many(" \t")) {
        return false;
    }
    let is_time = rest.digits(1, 2)
        && rest.one(":")
        && rest.digits(2, 2)
        && rest.one(":")
        && rest.digits(2, 2);
    if !is_time {
        return false;
    }
    if rest.one(".") {
        rest.many(DIGITS);
    }
    if rest.is_done() {
        return true;
    }
    rest.many(" \t");
    if rest.one("+-") {
        return rest.digits(1, 2)
            && (rest.is_done() || rest.one(":") && rest.digits(2, 2))
            && rest.is_done();
    }
    rest.one("Z") && rest.is_done()
}

const DIGITS: &str = "0123456789";
const DIGITS_: &str = "0123456789_";

/// What is left to be read of a scalar.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// Takes one of these characters, if one is next.
    fn one(&mut self, any: &str) -> bool {
        self.take(any, 1, 1)
    }

    /// Takes as many of these characters as there are, at least one.
    fn many(&mut self, any: &str) -> bool {
        self.take(any, 1, usize::MAX)
    }

    fn digits(&mut self, least: usize, most: usize) -> bool {
        self.take(DIGITS, least, most)
    }

    fn take(&mut self, any: &str, least: usize, most: usize) -> bool {
        let count = self
            .0
            .chars()
            .take(most)
            .take_while(|c| any.contains(*c))
            .count();
        if count < least {
            return false;
        }
        self.0 = &self.0[count..];
        true
    }

    fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}
