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

    private static let prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "", "", ""]

    let definitions: FHIRDefinitions
    var random: Randomness
    /// How many of a hundred values are to be wrong.
    var strangeness = 0

    mutating func isStrange() -> Bool { random.chance(strangeness) }

    /// An id that is there, one that others use, or a strange one.
    mutating func id() -> String {
        guard isStrange() else { return "f\(random.below(random.chance(80) ? Corpus.idCount : 12))" }
        return random.chance(60) ? strange() : String(random.next(), radix: 36)
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

    /// A value for a search parameter: one, or several with commas.
    mutating func value(_ parameter: SearchParameterDefinition) -> String {
        if isStrange() { return strange() }
        let count = random.chance(15) ? 1 + random.below(isStrange() ? 40 : 5) : 1
        return (0..<count).map { _ in single(parameter) }.joined(separator: ",")
    }

    private mutating func single(_ parameter: SearchParameterDefinition) -> String {
        guard parameter.type == .composite else { return single(parameter.type, targets: parameter.targets) }
        let components = parameter.components.map { definitions.searchParameters[$0.definition] }
        let parts = components.map { single($0.type, targets: $0.targets) }
        return (isStrange() ? Array(parts.dropLast()) : parts).joined(separator: "$")
    }

    private mutating func single(_ kind: SearchParameterDefinition.Kind, targets: [TypeID]) -> String {
        switch kind {
        case .number: random.pick(Self.prefixes) + number()
        case .date: random.pick(Self.prefixes) + date()
        case .string: random.pick(["a", "Smith", "smi", "%C3%87elik", "x%20y", "O%27Hara", "S%5C,m", "a%25b_c", "lo"])
        case .token: token()
        case .reference: reference(targets)
        case .quantity: quantity()
        case .uri: random.pick(["http://example.org/a", "urn:oid:1.2.3", "urn:uuid:x", "http://a/b%7C1", "a/b", "%3A"])
        case .composite: "a$b"
        case .special: random.pick(["41.9%7C12.5%7C10%7Ckm", "41.9%7C12.5", "41.9%7C12.5%7C1e3%7Cm"])
        }
    }

    mutating func number() -> String {
        random.pick([
            "0", "1", "-1", "100", "0.50", "1e2", "1E-3", "5.4", "1e300", "123456789012345678901234567890.5", "2",
            "%2B1", "1.50",
        ])
    }

    mutating func date() -> String {
        random.pick([
            "2020", "2020-02", "2020-02-29", "2020-02-29T10:00", "2020-02-29T10:00:00Z",
            "2020-02-29T10:00:00.5%2B02:00",
            "2020-02-29T10:00:00-14:00", "1000", "9999", "9999-12-31", "0001", "2026-11-21", "2024-12-31T23:59:59Z",
        ])
    }

    mutating func token() -> String {
        let system = random.pick(["http://loinc.org", "urn:oid:1.2", "http://example.org/a", "a", "urn:oid:1.2.3"])
        let code = random.pick(["8480-6", "final", "male", "true", "a", "active", "a%20b", "%C3%A9", "Smith", "1"])
        return switch random.below(isStrange() ? 6 : 5) {
        case 0, 1: code
        case 2: "\(system)%7C\(code)"
        case 3: "%7C\(code)"
        case 4: "\(system)|"
        default: "\(system)|\(code)|\(code)"
        }
    }

    mutating func reference(_ targets: [TypeID]) -> String {
        let type =
            isStrange()
            ? random.pick(["Nothing", "patient", "%27"])
            : definitions.name(of: random.pick(targets.isEmpty ? definitions.resourceTypes : targets))
        return switch random.below(8) {
        case 0: id()
        case 1...3: "\(type)/\(id())"
        case 4: "http://127.0.0.1/fhir/\(type)/\(id())"
        case 5: "http://elsewhere.example/fhir/\(type)/\(id())/_history/1"
        case 6: "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-111111111111"
        default: "\(type)/\(id())/_history/1"
        }
    }

    private mutating func quantity() -> String {
        let number = random.pick(Self.prefixes) + number()
        let unit = random.pick([
            "mg", "ug", "kg/m2", "[lb_av]", "%25", "10*3/uL", "{x}", "Cel", "mg.mg/mg4", "mm[Hg]", "[degF]", "a",
        ])
        return switch random.below(4) {
        case 0: number
        case 1: "\(number)%7Chttp://unitsofmeasure.org%7C\(unit)"
        case 2: "\(number)||\(unit)"
        default: isStrange() ? "\(number)%7C\(unit)" : "\(number)%7C%7C\(unit)"
        }
    }

    /// A value for a parameter with a modifier.
    mutating func value(_ parameter: SearchParameterDefinition, modifier: String) -> String {
        if isStrange() { return strange() }
        return switch modifier {
        case "missing": random.pick(["true", "false"])
        case "in", "not-in":
            random.pick([
                "http://hl7.org/fhir/ValueSet/administrative-gender", "ValueSet/f1", "http://example.org/a",
                "http://hl7.org/fhir/ValueSet/observation-status", "ValueSet/f0,ValueSet/f2",
            ])
        case "identifier": token()
        case "of-type": random.pick(["http://a%7CMR%7C1", "a%7Cb%7Cc", "http://example.org/a%7Ca%7CSmith"])
        case "above" where parameter.type == .token, "below" where parameter.type == .token:
            random.pick(["http://example.org/a%7Ca", "http://loinc.org%7C8480-6", "a%7Cb"])
        case "above" where parameter.type == .uri, "below" where parameter.type == .uri:
            random.pick(["http://example.org/a", "http://a/b/"])
        case "text": random.pick(["a", "Smith", "x%20y", "%22x%20y%22", "long"])
        default:
            definitions.resourceType(named: modifier) == nil
                ? value(parameter) : random.chance(60) ? id() : "\(modifier)/\(id())"
        }
    }
}
