import FHIRStore

/// The codes of `http://terminology.hl7.org/CodeSystem/observation-statistics`
/// (R4 valueset-observation-statistics.html).
enum Statistic: String, CaseIterable {
    case average, maximum, minimum, count
    case totalCount = "total-count"
    case median
    case stdDev = "std-dev"
    case sum, variance
    case percent20 = "20-percent"
    case percent80 = "80-percent"
    case lowerQuartile = "4-lower"
    case upperQuartile = "4-upper"
    case quartileDeviation = "4-dev"
    case quintile1 = "5-1"
    case quintile2 = "5-2"
    case quintile3 = "5-3"
    case quintile4 = "5-4"
    case skew, kurtosis, regression

    static let system = "http://terminology.hl7.org/CodeSystem/observation-statistics"

    /// The short forms in the documentation of the parameter `statistic` are understood too.
    init?(code: String) {
        switch code {
        case "max": self = .maximum
        case "min": self = .minimum
        default: self.init(rawValue: code)
        }
    }

    var display: String {
        switch self {
        case .average: "Average"
        case .maximum: "Maximum"
        case .minimum: "Minimum"
        case .count: "Count"
        case .totalCount: "Total Count"
        case .median: "Median"
        case .stdDev: "Standard Deviation"
        case .sum: "Sum"
        case .variance: "Variance"
        case .percent20: "20th Percentile"
        case .percent80: "80th Percentile"
        case .lowerQuartile: "Lower Quartile"
        case .upperQuartile: "Upper Quartile"
        case .quartileDeviation: "Quartile Deviation"
        case .quintile1: "1st Quintile"
        case .quintile2: "2nd Quintile"
        case .quintile3: "3rd Quintile"
        case .quintile4: "4th Quintile"
        case .skew: "Skew"
        case .kurtosis: "Kurtosis"
        case .regression: "Regression"
        }
    }

    /// One number of a component.
    struct Value {
        var number: MeasurementStatistics.Number
        /// Behind the display, where a statistic has several numbers.
        var part: String?
        var unit: ValueUnit
    }

    /// What a number is counted in.
    enum ValueUnit {
        /// The unit of the measurements.
        case measured
        /// Its square.
        case squared
        /// The unit in an hour.
        case perHour
        case none
    }

    /// The numbers of the statistic; none for the counts.
    var values: [Value] {
        switch self {
        case .count, .totalCount: []
        case .average: [Value(number: .average, unit: .measured)]
        case .maximum: [Value(number: .maximum, unit: .measured)]
        case .minimum: [Value(number: .minimum, unit: .measured)]
        case .median: [Value(number: .percent50, unit: .measured)]
        case .stdDev: [Value(number: .deviation, unit: .measured)]
        case .sum: [Value(number: .sum, unit: .measured)]
        case .variance: [Value(number: .variance, unit: .squared)]
        case .percent20, .quintile1: [Value(number: .percent20, unit: .measured)]
        case .percent80, .quintile4: [Value(number: .percent80, unit: .measured)]
        case .lowerQuartile: [Value(number: .percent25, unit: .measured)]
        case .upperQuartile: [Value(number: .percent75, unit: .measured)]
        case .quartileDeviation: [Value(number: .quartileDeviation, unit: .measured)]
        case .quintile2: [Value(number: .percent40, unit: .measured)]
        case .quintile3: [Value(number: .percent60, unit: .measured)]
        case .skew: [Value(number: .skew, unit: .none)]
        case .kurtosis: [Value(number: .kurtosis, unit: .none)]
        case .regression:
            [
                Value(number: .slope, part: "gradient", unit: .perHour),
                Value(number: .intercept, part: "intercept", unit: .measured),
            ]
        }
    }
}
