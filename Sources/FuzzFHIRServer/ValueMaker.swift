import FHIRDefinitions

/// Values for search parameters, ids and header fields: half of them right, half of them not.
struct ValueMaker {
    /// Text as it stands in the address: some is percent-encoded already, some never should be there.
    static let strange: [String] = [
        "", "%27", "%27%27", "%3B--", "%27%3B%20DROP%20TABLE%20patient%3B--", "%5C", "%5C%5C", "%5C%27", "%5C,",
        "%5C%7C",
        "%00", "%241", "%22", "%25", "%2525", "_", "%2A", "*", "%28", "(", ")", "%5B%5D", "%7B%7D", "NaN", "null", "-",
        "--", "+", "ge", "ge%27", "xx1", "%7C", "%7C%7C", "%7C%7C%7C", "$", "$$", "$$$", ",", ",,", ",a", "a,", ".",
        "..",
        "%2F", "%2E%2E%2F", "/", "//", ":", "%C0%80", "%FF%FE", "%ED%A0%80", "%F4%90%80%80", "%zz", "%", "%4",
        "%F0%9F%98%80",
        "%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9", "%CC%81", "e%CC%81", "%C3%A9", "%E2%80%AE", "%EF%BB%BF", "%EF%BF%BF",
        "%0A",
        "%0D%0A", "%09", "%7F", "%1F", "%20", "%20%20", "%C4%B0", "%C3%9F", "%EF%AC%81", "1e999999999", "1e-999999999",
        "-1e400", "1e308", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "0x10", "1.", ".5",
        "00", "-0", "1e5", "99999-01-01", "0000", "0000-00-00", "0001-01-01", "9999-12-31T23:59:60Z", "2020-02-30",
        "2020-13", "ge2020-13-45", "2020-01-01T25:00", "2020-01-01T10:00", "2020-01-01T10:00:00.123456789123%2B14:00",
        "2020-01-01T10:00:00-99:99", "-0044-03-15", "2020-1-1", "20200101", "eq", "ap2020", "sa2020", "eb2020",
    ]

    private static let prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "", "", "", "zz"]

    let definitions: FHIRDefinitions
    var random: Randomness

    /// An id that others use too, or a strange one.
    mutating func id() -> String {
        random.chance(85) ? "f\(random.below(12))" : random.chance(50) ? strange() : String(random.next(), radix: 36)
    }

    mutating func strange() -> String {
        switch random.below(20) {
        case 0:
            String(
                repeating: random.pick(["a", "9", "%27", ",", "a,", "%C3%A9", "(", "$", "|"]), count: random.below(3000)
            )
        case 1: (0..<random.below(40)).map { _ in encoded(UInt8(random.below(256))) }.joined()
        case 2: random.pick(Self.strange) + random.pick(Self.strange)
        default: random.pick(Self.strange)
        }
    }

    private func encoded(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.count == 1 ? "0" : "") + digits
    }

    /// A value for a search parameter of a kind.
    mutating func value(_ kind: SearchParameterDefinition.Kind, parts: Int = 2) -> String {
        if random.chance(25) { return strange() }
        let count = random.chance(15) ? 1 + random.below(30) : 1
        return (0..<count).map { _ in single(kind, parts) }.joined(separator: ",")
    }

    private mutating func single(_ kind: SearchParameterDefinition.Kind, _ parts: Int) -> String {
        switch kind {
        case .number: random.pick(Self.prefixes) + number()
        case .date: random.pick(Self.prefixes) + date()
        case .string: random.pick(["a", "Smith", "smi", "%C3%87elik", "x%20y", "O%27Hara", "S%5C,m", "a%25b_c", "1"])
        case .token: token()
        case .reference: reference()
        case .quantity: quantity()
        case .uri: random.pick(["http://example.org/a", "urn:oid:1.2.3", "urn:uuid:x", "http://a/b%7C1", "a/b", "%3A"])
        case .composite:
            (0..<max(1, parts + (random.chance(10) ? 1 : 0))).map { _ in
                single(random.pick([.token, .quantity, .date, .string, .reference, .number]), 0)
            }.joined(separator: "$")
        case .special:
            random.pick(["41.9%7C12.5%7C10%7Ckm", "41.9%7C12.5", "abc", "a%20AND%20b", "%22a%20b%22", "-a", "$current"])
        }
    }

    mutating func number() -> String {
        random.pick([
            "0", "1", "-1", "100", "0.50", "1e2", "1E-3", "5.4", "1e400", "123456789012345678901234567890.5", "+1",
            "%2B1",
        ])
    }

    mutating func date() -> String {
        random.pick([
            "2020", "2020-02", "2020-02-29", "2020-02-29T10:00", "2020-02-29T10:00:00Z",
            "2020-02-29T10:00:00.5%2B02:00",
            "2020-02-29T10:00:00+02:00", "1000", "9999", "9999-12-31", "0001", "2021-02-29", "2020-02-29T24:00:00Z",
        ])
    }

    mutating func token() -> String {
        let system = random.pick(["http://loinc.org", "urn:oid:1.2", "http://unitsofmeasure.org", "x", "%27"])
        let code = random.pick(["8480-6", "final", "male", "true", "a%5C%7Cb", "a%20b", "%C3%A9"])
        switch random.below(5) {
        case 0: return code
        case 1: return "\(system)%7C\(code)"
        case 2: return "%7C\(code)"
        case 3: return "\(system)|"
        default: return "\(system)|\(code)|\(code)"
        }
    }

    mutating func reference() -> String {
        let type = random.pick(["Patient", "Observation", "Encounter", "Practitioner", "Nothing", "patient"])
        switch random.below(7) {
        case 0: return id()
        case 1: return "\(type)/\(id())"
        case 2: return "http://127.0.0.1/fhir/\(type)/\(id())"
        case 3: return "http://elsewhere.example/fhir/\(type)/\(id())/_history/1"
        case 4: return "%23\(id())"
        case 5: return "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-111111111111"
        default: return "\(type)/\(id())/_history/\(number())"
        }
    }

    private mutating func quantity() -> String {
        let number = random.pick(Self.prefixes) + number()
        let unit = random.pick([
            "mg", "ug", "kg/m2", "[lb_av]", "%25", "10*3/uL", "{x}", "m%27", "Cel", "//", "mg.mg/mg4",
        ])
        switch random.below(4) {
        case 0: return number
        case 1: return "\(number)%7Chttp://unitsofmeasure.org%7C\(unit)"
        case 2: return "\(number)||\(unit)"
        default: return "\(number)%7C\(unit)"
        }
    }
}
