/// A DTM, TS or DT as far as it makes sense: `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`. Fault F-11.
struct HL7Time: Sendable, Hashable {
    let year: Int
    private(set) var month: Int?
    private(set) var day: Int?
    private(set) var hour: Int?
    private(set) var minute: Int?
    private(set) var second: Int?
    /// At most three digits, as written.
    private(set) var fraction = ""
    /// Seconds east of UTC.
    private(set) var offset: Int?
    /// A part did not make sense, and it and what follows were left out.
    private(set) var isCut = false
    let original: String

    /// `nil` when not even the year is one.
    init?(_ text: String) {
        original = text
        // Some senders put a blank between date and time.
        let body = text.utf8.contains(0x20) ? text.split(separator: " ").joined() : text
        let zone = body.utf8.dropFirst(4).lastIndex { $0 == 0x2B || $0 == 0x2D || $0 == 0x5A }
        let main = body[..<(zone ?? body.endIndex)]
        let halves = main.split(separator: ".", maxSplits: 1)
        guard let digits = halves.first, digits.isDigits, digits.utf8.count >= 4,
            let year = Int(digits.prefix(4)), year > 0
        else { return nil }
        self.year = year
        readParts(digits.utf8.dropFirst(4))
        if halves.count > 1, second != nil, halves[1].isDigits {
            fraction = String(halves[1].prefix(3))
        }
        if let zone { readZone(body[zone...]) }
    }

    /// - Parameter digits: nothing but digits.
    private mutating func readParts(_ digits: Substring.UTF8View) {
        var rest = digits
        func next(_ range: ClosedRange<Int>) -> Int? {
            guard let tens = rest.first, let ones = rest.dropFirst().first else { return nil }
            let value = Int(tens - 0x30) * 10 + Int(ones - 0x30)
            guard range.contains(value) else { return nil }
            rest = rest.dropFirst(2)
            return value
        }
        month = next(1...12)
        if let month { day = next(1...Self.days(in: month, of: year)) }
        if day != nil { hour = next(0...23) }
        if hour != nil { minute = next(0...59) }
        // A leap second is written as 60; FHIR allows it in no dateTime that has to be compared, so it becomes 59.
        if minute != nil { second = next(0...60).map { min($0, 59) } }
        isCut = !rest.isEmpty
    }

    private mutating func readZone(_ text: Substring) {
        if text.first == "Z" {
            offset = 0
            return
        }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.isDigits, digits.count == 2 || digits.count == 4,
            let hours = Int(digits.prefix(2)), hours <= 14
        else {
            isCut = true
            return
        }
        let minutes = Int(digits.dropFirst(2)) ?? 0
        guard minutes < 60 else {
            isCut = true
            return
        }
        offset = (text.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    /// Seconds since 1970 of the local time, as if it were UTC; missing parts count as their beginning.
    var localSeconds: Int {
        let month = month ?? 1
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + (day ?? 1) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)
    }
}
