import JSONTape

/// A code with its system and display.
struct Coding {
    var system: String
    var code: String
    var display: String

    init(_ system: String, _ code: String, _ display: String) {
        self.system = system
        self.code = code
        self.display = display
    }

    static func loinc(_ code: String, _ display: String) -> Coding { Coding("http://loinc.org", code, display) }
    static func snomed(_ code: String, _ display: String) -> Coding {
        Coding("http://snomed.info/sct", code, display)
    }
    /// A code of HL7's own systems, by the last part of the system's URL.
    static func hl7(_ system: String, _ code: String, _ display: String) -> Coding {
        Coding("http://terminology.hl7.org/CodeSystem/\(system)", code, display)
    }
}

/// A reference and the words shown for it.
struct Link {
    var reference: String
    var display: String?
}

/// What every resource is written with.
extension JSONWriter {
    mutating func coding(_ coding: Coding) {
        beginObject()
        member("system", coding.system)
        member("code", coding.code)
        member("display", coding.display)
        endObject()
    }

    /// Writes `"name": CodeableConcept`.
    mutating func concept(_ name: StaticString, _ codings: [Coding], text: String? = nil) {
        key(name)
        concept(codings, text: text)
    }

    mutating func concept(_ codings: [Coding], text: String? = nil) {
        beginObject()
        key("coding")
        beginArray()
        for coding in codings { self.coding(coding) }
        endArray()
        if let text { member("text", text) }
        endObject()
    }

    /// Writes `"name": [CodeableConcept]` with one member.
    mutating func concepts(_ name: StaticString, _ coding: Coding, text: String? = nil) {
        key(name)
        beginArray()
        concept([coding], text: text)
        endArray()
    }

    mutating func link(_ name: StaticString, _ link: Link) {
        key(name)
        self.link(link)
    }

    mutating func links(_ name: StaticString, _ links: [Link]) {
        key(name)
        beginArray()
        for link in links { self.link(link) }
        endArray()
    }

    mutating func link(_ link: Link) {
        beginObject()
        member("reference", link.reference)
        if let display = link.display { member("display", display) }
        endObject()
    }

    mutating func identifier(_ system: String, _ value: String) {
        beginObject()
        member("system", system)
        member("value", value)
        endObject()
    }

    /// Writes `"identifier": [...]` with one member.
    mutating func identifiers(_ system: String, _ value: String) {
        key("identifier")
        beginArray()
        identifier(system, value)
        endArray()
    }

    mutating func quantity(_ name: StaticString, _ value: String, unit: String, code: String) {
        key(name)
        beginObject()
        key("value")
        raw(value.utf8)
        member("unit", unit)
        member("system", "http://unitsofmeasure.org")
        member("code", code)
        endObject()
    }

    mutating func period(_ name: StaticString, _ start: CivilTime, _ end: CivilTime? = nil) {
        key(name)
        beginObject()
        member("start", start.dateTime)
        if let end { member("end", end.dateTime) }
        endObject()
    }

    mutating func money(_ name: StaticString, cents: Int) {
        key(name)
        beginObject()
        key("value")
        raw(Decimals.text(cents, decimals: 2).utf8)
        member("currency", "EUR")
        endObject()
    }

    mutating func telecom(_ system: String, _ value: String, use: String) {
        beginObject()
        member("system", system)
        member("value", value)
        member("use", use)
        endObject()
    }
}

/// Decimals kept as whole numbers of their last digit, so that their text is exact.
enum Decimals {
    /// `text(1250, decimals: 2)` is `12.50`.
    static func text(_ value: Int, decimals: Int) -> String {
        guard decimals > 0 else { return String(value) }
        var digits = String(abs(value))
        digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (value < 0 ? "-" : "") + digits.dropLast(decimals) + "." + digits.suffix(decimals)
    }

    /// `value` rounded to `decimals` digits, as a whole number of the last one.
    static func scaled(_ value: Double, decimals: Int) -> Int {
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        return Int((value * factor).rounded())
    }
}
