/// Statistics of the measurements of one code in one unit (R4 observation-operation-stats.html).
package struct MeasurementStatistics: Sendable {
    /// Position of the code that was asked for.
    package var asked: Int
    /// For a part of a panel its own `code`, as JSON; nil for the code asked for.
    package var member: [UInt8]?
    /// What tells the parts of a panel apart: system and code, or text.
    package var memberKey: String?
    /// The unit that the numbers are in; all nil where there are no numbers, or none has a unit.
    package var unit: Unit
    /// All measurements in whatever unit, with or without a number.
    package var totalCount: Int
    /// Measurements that count.
    package var count: Int
    /// Measurements with numbers in other units, which do not count.
    package var otherUnitCount: Int
    /// The numbers as PostgreSQL wrote them; one that is not defined is missing.
    package var numbers: [Number: String]

    package init(
        asked: Int, member: [UInt8]?, memberKey: String?, unit: Unit, totalCount: Int, count: Int, otherUnitCount: Int,
        numbers: [Number: String]
    ) {
        self.asked = asked
        self.member = member
        self.memberKey = memberKey
        self.unit = unit
        self.totalCount = totalCount
        self.count = count
        self.otherUnitCount = otherUnitCount
        self.numbers = numbers
    }

    package struct Unit: Hashable, Sendable {
        package var system: String?
        package var code: String?
        /// For people.
        package var text: String?

        package init(system: String? = nil, code: String? = nil, text: String? = nil) {
            self.system = system
            self.code = code
            self.text = text
        }
    }

    /// What is calculated. Percentiles lie on the line between neighbouring values, as spreadsheets have them; variance
    /// and deviation are those of a sample; skew and kurtosis are the moments m₃/m₂^1.5 and m₄/m₂².
    package enum Number: String, CaseIterable, Sendable {
        case average, maximum, minimum, sum, variance, deviation, skew, kurtosis
        case percent20, percent25, percent40, percent50, percent60, percent75, percent80
        /// Half the distance between the quartiles.
        case quartileDeviation
        /// Of the line of best fit over time: units per hour, and the value at the origin.
        case slope, intercept
        /// The first and last time of a measurement, in microseconds since 1970.
        case first, last
    }

    /// A unit to be counted as another, whose values lie on a line.
    package struct Conversion: Sendable {
        package var from: Unit
        package var to: Unit
        /// What 0 and 1 are in the other unit, as texts of decimal numbers.
        package var zero: String
        package var one: String

        package init(from: Unit, to: Unit, zero: String, one: String) {
            self.from = from
            self.to = to
            self.zero = zero
            self.one = one
        }
    }

    /// A code to look for.
    package struct Asked: Hashable, Sendable {
        /// Nil for any.
        package var system: String?
        package var code: String

        package init(system: String? = nil, code: String) {
            self.system = system
            self.code = code
        }
    }
}
