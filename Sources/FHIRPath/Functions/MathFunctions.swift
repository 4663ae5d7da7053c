#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Functions on numbers (FHIRPath 2.0 §5.7).
extension FunctionLibrary {
    static let math: [String: FunctionDefinition] = [
        "abs": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            switch try number(call) {
            case .integer(let value): return .item(Int32(exactly: abs(value)).map { .integer(Int($0)) })
            case .quantity(let value): return .one(.quantity(Quantity(value: value.value.magnitude, unit: value.unit)))
            case let value: return .item(value?.decimal.map { .decimal($0.magnitude) })
            }
        },
        "ceiling": FunctionDefinition(0...0) { call throws(FHIRPathError) in try whole(call, .up) },
        "floor": FunctionDefinition(0...0) { call throws(FHIRPathError) in try whole(call, .down) },
        "truncate": FunctionDefinition(0...0) { call throws(FHIRPathError) in try whole(call, .towardZero) },
        "round": FunctionDefinition(0...1) { call throws(FHIRPathError) in
            let digits = try call.integerArgument(0) ?? 0
            guard digits >= 0 else { throw FHIRPathError(.wrongArguments, "digits to round to are never negative") }
            guard let value = try number(call)?.decimal else { return .none }
            return .item(
                digits < value.scale ? value.rounded(to: digits, .halfUp).map { .decimal($0) } : .decimal(value))
        },
        "exp": FunctionDefinition(0...0) { call throws(FHIRPathError) in try real(call) { exp($0) } },
        "ln": FunctionDefinition(0...0) { call throws(FHIRPathError) in try real(call) { log($0) } },
        "log": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let base = try call.argument(0), let number = call.evaluation.value(base)?.decimal else {
                return .none
            }
            return try real(call) { logarithm($0, base: number.double) }
        },
        "sqrt": FunctionDefinition(0...0) { call throws(FHIRPathError) in try real(call) { $0.squareRoot() } },
        "power": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let argument = try call.argument(0), let base = try number(call) else { return .none }
            guard let exponent = call.evaluation.value(argument)?.decimal else {
                throw FHIRPathError(.wrongType, "an exponent is a number")
            }
            return power(base, exponent)
        },
    ]

    /// The input as a number; nil if it is empty, an error if it is something else.
    private static func number(_ call: Call) throws(FHIRPathError) -> Item? {
        guard let item = try call.single() else { return nil }
        switch call.evaluation.value(item) {
        case let value? where value.quantity != nil: return value
        case nil:
            if case .node(let node) = item, node.value == nil { return nil }
        default: break
        }
        throw FHIRPathError(.wrongType, "\(call.evaluation.typeName(item).name) where a number is expected")
    }

    private static func whole(_ call: Call, _ rounding: ExactDecimal.Rounding) throws(FHIRPathError) -> Items {
        .item(try number(call)?.decimal?.rounded(to: 0, rounding)?.integer.map { .integer($0) })
    }

    /// Irrational functions are calculated in floating point: their results have no end that could be exact.
    private static func real(_ call: Call, _ function: (Double) -> Double) throws(FHIRPathError) -> Items {
        guard let value = try number(call)?.decimal else { return .none }
        return .item(ExactDecimal(function(value.double)).map { .decimal($0) })
    }

    /// Bases 2 and 10 have functions of their own, exact for their powers.
    private static func logarithm(_ value: Double, base: Double) -> Double {
        if base == 2 { return log2(value) }
        if base == 10 { return log10(value) }
        return log(value) / log(base)
    }

    /// Exact for whole exponents as long as the digits last; a negative number's roots are empty.
    private static func power(_ base: Item, _ exponent: ExactDecimal) -> Items {
        guard let value = base.decimal else { return .none }
        if let count = exponent.integer, 0...200 ~= count {
            var result: ExactDecimal? = ExactDecimal(1)
            for _ in 0..<count { result = result.flatMap { $0 * value } }
            if let result {
                if case .integer = base { return .item(result.integer.map { .integer($0) }) }
                return .one(.decimal(result))
            }
        }
        return .item(ExactDecimal(pow(value.double, exponent.double)).map { .decimal($0) })
    }
}
