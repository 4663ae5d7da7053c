import FHIRFormats
import FHIRStore
import JSONTape

/// Writes what `Observation/$stats` answers (R4 observation-operation-stats.html).
struct StatisticsWriter {
    /// The subject as asked for.
    var subject: String
    /// `effectivePeriod`, where a time was asked for, as JSON.
    var period: [UInt8]?
    var statistics: [Statistic]
    /// When the calculation was made.
    var issued: Instant

    /// One Observation: the statistics of one code as components.
    ///
    /// - Parameter code: CodeableConcept in JSON.
    func write(_ result: MeasurementStatistics, code: [UInt8], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("resourceType", "Observation")
        writer.member("status", "final")
        writer.key("code")
        writer.raw(code)
        writer.key("subject")
        writer.beginObject()
        writer.member("reference", subject)
        writer.endObject()
        if let period {
            writer.key("effectivePeriod")
            writer.raw(period)
        }
        writer.member("issued", issued.text)
        if result.otherUnitCount > 0 {
            let many = result.otherUnitCount == 1 ? "value in another unit is" : "values in other units are"
            note("\(result.otherUnitCount) \(many) not counted: they do not compare.", to: &writer)
        }
        writer.key("component")
        writer.beginArray()
        for statistic in statistics { write(statistic, of: result, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func note(_ text: String, to writer: inout JSONWriter) {
        writer.key("note")
        writer.beginArray()
        writer.beginObject()
        writer.member("text", text)
        writer.endObject()
        writer.endArray()
    }

    private func write(_ statistic: Statistic, of result: MeasurementStatistics, to writer: inout JSONWriter) {
        switch statistic {
        case .count, .totalCount:
            writer.beginObject()
            code(statistic, part: nil, to: &writer)
            let count = statistic == .count ? result.count : result.totalCount
            quantity(String(count), MeasurementStatistics.Unit(system: Self.ucum, code: "1", text: "1"), to: &writer)
            writer.endObject()
        default:
            for value in statistic.values {
                writer.beginObject()
                code(statistic, part: value.part, to: &writer)
                if let number = result.numbers[value.number] {
                    quantity(RoundedDecimal.text(number), Self.unit(result.unit, value.unit), to: &writer)
                } else {
                    absent(result.count == 0 ? "unknown" : "not-applicable", to: &writer)
                }
                writer.endObject()
            }
        }
    }

    private func code(_ statistic: Statistic, part: String?, to writer: inout JSONWriter) {
        writer.key("code")
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", Statistic.system)
        writer.member("code", statistic.rawValue)
        writer.member("display", statistic.display)
        writer.endObject()
        writer.endArray()
        if let part { writer.member("text", "\(statistic.display), \(part)") }
        writer.endObject()
    }

    private func quantity(_ number: String, _ unit: MeasurementStatistics.Unit, to writer: inout JSONWriter) {
        writer.key("valueQuantity")
        writer.beginObject()
        writer.key("value")
        writer.raw(number.utf8)
        if let text = unit.text ?? unit.code { writer.member("unit", text) }
        if let code = unit.code, let system = unit.system {
            writer.member("system", system)
            writer.member("code", code)
        }
        writer.endObject()
    }

    /// A number that is not defined: of no values, or the deviation of one.
    private func absent(_ code: String, to writer: inout JSONWriter) {
        writer.key("dataAbsentReason")
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", "http://terminology.hl7.org/CodeSystem/data-absent-reason")
        writer.member("code", code)
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    private static let ucum = "http://unitsofmeasure.org"

    private static func unit(
        _ unit: MeasurementStatistics.Unit, _ kind: Statistic.ValueUnit
    ) -> MeasurementStatistics.Unit {
        switch kind {
        case .measured: unit
        case .none: MeasurementStatistics.Unit(system: ucum, code: "1", text: "1")
        case .squared: changed(unit) { "(\($0))2" }
        case .perHour: changed(unit) { "(\($0))/h" }
        }
    }

    /// Parentheses are part of UCUM's syntax, so that units of any form can be squared and divided.
    private static func changed(
        _ unit: MeasurementStatistics.Unit, _ change: (String) -> String
    ) -> MeasurementStatistics.Unit {
        let code = unit.system == ucum ? unit.code.map { $0 == "1" ? $0 : change($0) } : nil
        return MeasurementStatistics.Unit(
            system: code.map { _ in ucum }, code: code, text: (unit.text ?? unit.code).map(change))
    }
}

/// Numbers of calculations without the digits that mean nothing.
enum RoundedDecimal {
    /// The number with at most `digitCount` significant digits, rounded half up; zeros behind the point that are left
    /// over are dropped. A number that has fewer digits stays as it is.
    ///
    /// - Parameter text: as PostgreSQL writes a numeric: digits, one point at most, no exponent.
    static func text(_ text: String, digitCount: Int = 15) -> String {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        var whole = Array((parts.first ?? "0").utf8)
        var fraction = parts.count > 1 ? Array(parts[1].utf8) : []
        let all = whole + fraction
        guard let first = all.firstIndex(where: { $0 != UInt8(ascii: "0") }) else { return "0" }
        if all.count - first > digitCount {
            var kept = Array(all[..<(first + digitCount)])
            let next = all[first + digitCount]
            var carry = next >= UInt8(ascii: "5")
            for position in kept.indices.reversed() where carry {
                carry = kept[position] == UInt8(ascii: "9")
                kept[position] = carry ? UInt8(ascii: "0") : kept[position] + 1
            }
            let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, whole.count - kept.count))
            let wholeCount = whole.count
            whole = (carry ? [UInt8(ascii: "1")] : []) + Array((kept + zeros)[..<wholeCount])
            fraction = kept.count > wholeCount ? Array(kept[wholeCount...]) : []
            while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        }
        let sign = isNegative ? "-" : ""
        let digits = String(decoding: whole, as: UTF8.self)
        return fraction.isEmpty ? sign + digits : "\(sign)\(digits).\(String(decoding: fraction, as: UTF8.self))"
    }
}
