/// What precision a value has, and what it could be at most and at least (FHIRPath's utility functions `lowBoundary`,
/// `highBoundary`, `precision`, `comparable`).
extension FunctionLibrary {
    static let boundaries: [String: FunctionDefinition] = [
        "lowBoundary": FunctionDefinition(0...1) { call throws(FHIRPathError) in try boundary(call, .low) },
        "highBoundary": FunctionDefinition(0...1) { call throws(FHIRPathError) in try boundary(call, .high) },
        "precision": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            guard let item = try call.single() else { return .none }
            switch call.evaluation.value(item) {
            case .temporal(let value): return .one(.integer(value.digitCount))
            case let value: return .item(value?.decimal.map { .integer($0.scale) })
            }
        },
        "comparable": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let left = try call.single(), let right = try call.argument(0) else { return .none }
            guard let a = call.evaluation.value(left)?.quantity, let b = call.evaluation.value(right)?.quantity else {
                return .boolean(false)
            }
            return .boolean(call.evaluation.areComparable(a, b))
        },
    ]

    private static func boundary(_ call: Call, _ boundary: Temporal.Boundary) throws(FHIRPathError) -> Items {
        guard let item = try call.single() else { return .none }
        let digits = try call.integerArgument(0)
        switch call.evaluation.value(item) {
        case .temporal(let value): return .item(value.boundary(boundary, digits: digits).map { .temporal($0) })
        case .quantity(let value):
            guard let number = value.value.boundary(boundary, digits: digits ?? 8) else { return .none }
            return .one(.quantity(Quantity(value: number, unit: value.unit)))
        case let value:
            guard let number = value?.decimal else {
                throw FHIRPathError(.wrongType, "\(call.evaluation.typeName(item).name) has no boundaries")
            }
            return .item(number.boundary(boundary, digits: digits ?? 8).map { .decimal($0) })
        }
    }
}

extension ExactDecimal {
    /// The value less or more half a unit of its last digit, with so many digits behind the point: away from zero
    /// rounded, towards zero cut off. Nil for more digits than a Decimal has.
    func boundary(_ boundary: Temporal.Boundary, digits: Int) -> ExactDecimal? {
        guard 0...31 ~= digits, scale < Self.maximumScale else { return nil }
        let half = ExactDecimal(5, scale: scale + 1)
        guard let exact = boundary == .low ? self - half : self + half else { return nil }
        let isOutward = isNegative == (boundary == .low)
        return exact.rounded(to: digits, isOutward ? .halfUp : .towardZero)
    }
}
