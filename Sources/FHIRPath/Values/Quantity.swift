/// A number with a unit (FHIRPath 2.0 §2.3): a code of UCUM, or a calendar's duration.
package struct Quantity: Sendable {
    package var value: ExactDecimal
    package var unit: Unit

    package enum Unit: Hashable, Sendable {
        case ucum(String)
        case calendar(CalendarUnit)
        /// A unit in words, or of another system: equal to itself only.
        case other(String)

        static let one = Unit.ucum("1")
    }
}

/// The units of calendars, which have no fixed length: `1 year` is 365 or 366 days.
package enum CalendarUnit: String, Sendable, CaseIterable {
    case year, month, week, day, hour, minute, second, millisecond

    /// Singular and plural.
    static let words: [String: CalendarUnit] = {
        var words: [String: CalendarUnit] = [:]
        for unit in allCases {
            words[unit.rawValue] = unit
            words[unit.rawValue + "s"] = unit
        }
        return words
    }()

    /// The code of the definite duration nearest to it.
    var ucum: String {
        switch self {
        case .year: "a"
        case .month: "mo"
        case .week: "wk"
        case .day: "d"
        case .hour: "h"
        case .minute: "min"
        case .second: "s"
        case .millisecond: "ms"
        }
    }

    /// Years and months, which no definite duration equals.
    var isIndefinite: Bool { self == .year || self == .month }

    /// Units that a time of day can move by.
    var isPartOfDay: Bool { self == .hour || self == .minute || self == .second || self == .millisecond }

    init?(ucum code: String) {
        guard let unit = Self.allCases.first(where: { $0.ucum == code }) else { return nil }
        self = unit
    }
}

extension Quantity: CustomStringConvertible {
    package var description: String {
        switch unit {
        case .ucum(let code), .other(let code): "\(value) '\(code)'"
        case .calendar(let unit): "\(value) \(unit.rawValue)\(isOne ? "" : "s")"
        }
    }

    private var isOne: Bool { ExactDecimal.compare(value, ExactDecimal(1)) == 0 }

    /// Reads `4 'mg'`, `4 days` or `4`; nil for anything else (FHIRPath 2.0 §5.5.8).
    init?(_ text: String) {
        var rest = text.utf8[...]
        let number = rest.prefix {
            $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "+")
        }
        guard let value = ExactDecimal(String(decoding: number, as: UTF8.self)) else { return nil }
        rest = rest[number.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
        if rest.isEmpty {
            self.init(value: value, unit: .one)
        } else if rest.first == UInt8(ascii: "'"), rest.last == UInt8(ascii: "'"), rest.count > 2 {
            let code = String(decoding: rest.dropFirst().dropLast(), as: UTF8.self)
            guard !code.utf8.contains(UInt8(ascii: "'")) else { return nil }
            self.init(value: value, unit: .ucum(code))
        } else {
            guard let unit = CalendarUnit.words[String(decoding: rest, as: UTF8.self)] else { return nil }
            self.init(value: value, unit: .calendar(unit))
        }
    }
}
