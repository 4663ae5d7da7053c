#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The functions of UCUM's special units, which are no multiples of another unit (UCUM §21 and §22): the value in the
/// proper unit is what the function's inverse gives.
enum SpecialFunction: String, Sendable {
    case celsius = "Cel"
    case fahrenheit = "degF"
    case reaumur = "degRe"
    case tangent = "tanTimes100"
    case slope = "100tan"
    case decimalPotency = "hpX"
    case centesimalPotency = "hpC"
    case millesimalPotency = "hpM"
    case quintamillesimalPotency = "hpQ"
    case acidity = "pH"
    case naturalLogarithm = "ln"
    case decimalLogarithm = "lg"
    case twiceDecimalLogarithm = "lgTimes2"
    case binaryLogarithm = "ld"
    case squareRoot = "sqrt"

    /// Whether a greater value is a smaller one in the proper unit.
    var isDecreasing: Bool {
        switch self {
        case .decimalPotency, .centesimalPotency, .millesimalPotency, .quintamillesimalPotency, .acidity: true
        default: false
        }
    }

    /// The value in the proper unit, exact for temperatures; nil where it has no number.
    func toProper(_ value: UnitDecimal) -> UnitDecimal? {
        switch self {
        case .celsius: value + Self.celsiusZero
        case .fahrenheit: value + Self.fahrenheitZero
        case .reaumur: value + Self.reaumurZero
        case .tangent, .slope: UnitDecimal(atan(value.double / 100))
        case .decimalPotency, .acidity: UnitDecimal(pow(10, -value.double))
        case .centesimalPotency: UnitDecimal(pow(100, -value.double))
        case .millesimalPotency: UnitDecimal(pow(1000, -value.double))
        case .quintamillesimalPotency: UnitDecimal(pow(50_000, -value.double))
        case .naturalLogarithm: UnitDecimal(exp(value.double))
        case .decimalLogarithm: UnitDecimal(pow(10, value.double))
        case .twiceDecimalLogarithm: UnitDecimal(pow(10, value.double / 2))
        case .binaryLogarithm: UnitDecimal(exp2(value.double))
        case .squareRoot: value * value
        }
    }

    /// The value in the special unit; nil where it has no number, as the logarithm of zero.
    func fromProper(_ value: UnitDecimal) -> UnitDecimal? {
        switch self {
        case .celsius: value - Self.celsiusZero
        case .fahrenheit: value - Self.fahrenheitZero
        case .reaumur: value - Self.reaumurZero
        case .tangent, .slope: UnitDecimal(tan(value.double) * 100)
        case .decimalPotency, .acidity: UnitDecimal(-log10(value.double))
        case .centesimalPotency: UnitDecimal(-log10(value.double) / 2)
        case .millesimalPotency: UnitDecimal(-log10(value.double) / 3)
        case .quintamillesimalPotency: UnitDecimal(-log(value.double) / log(50_000.0))
        case .naturalLogarithm: UnitDecimal(log(value.double))
        case .decimalLogarithm: UnitDecimal(log10(value.double))
        case .twiceDecimalLogarithm: UnitDecimal(2 * log10(value.double))
        case .binaryLogarithm: UnitDecimal(log2(value.double))
        case .squareRoot: UnitDecimal(value.double.squareRoot())
        }
    }

    /// 0 K in degrees, negated.
    private static let celsiusZero = UnitDecimal(27_315, exponent: -2)
    private static let fahrenheitZero = UnitDecimal(45_967, exponent: -2)
    private static let reaumurZero = UnitDecimal(21_852, exponent: -2)
}
