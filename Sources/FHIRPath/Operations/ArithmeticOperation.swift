/// `+ - * / div mod` (FHIRPath 2.0 §6.6) and arithmetic with dates (§6.7).
final class ArithmeticOperation: Operation {
    private let left: any Operation
    private let right: any Operation
    private let symbol: BinaryOperator
    private let offset: Int

    init(_ left: any Operation, _ right: any Operation, _ symbol: BinaryOperator, at offset: Int) {
        self.left = left
        self.right = right
        self.symbol = symbol
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let (first, second) = (try left.values(scope), try right.values(scope))
        if first.isEmpty || second.isEmpty { return .none }
        guard first.count == 1, second.count == 1 else {
            throw FHIRPathError(.notSingle, "'\(symbol.rawValue)' takes single items", at: offset)
        }
        let evaluation = scope.evaluation
        try evaluation.step()
        guard let a = evaluation.value(first[0]), let b = evaluation.value(second[0]) else {
            throw wrongTypes(first[0], second[0], evaluation)
        }
        switch (a, b) {
        case (.integer(let x), .integer(let y)): return integers(x, y)
        case (.string(let x), .string(let y)) where symbol == .plus:
            try evaluation.count(madeByteCount: x.utf8.count + y.utf8.count)
            return .one(.string(x + y))
        case (.temporal(let x), .quantity(let y)) where symbol == .plus || symbol == .minus:
            return .item(try shifted(x, by: y).map { .temporal($0) })
        case (.quantity, _), (_, .quantity):
            guard let x = a.quantity, let y = b.quantity, symbol != .div, symbol != .mod else { break }
            return .item(quantities(x, y, evaluation).map { .quantity($0) })
        default:
            guard let x = a.decimal, let y = b.decimal else { break }
            return decimals(x, y)
        }
        throw wrongTypes(first[0], second[0], evaluation)
    }

    private func wrongTypes(_ left: Item, _ right: Item, _ evaluation: Evaluation) -> FHIRPathError {
        let (a, b) = (evaluation.typeName(left).name, evaluation.typeName(right).name)
        return FHIRPathError(.wrongType, "'\(symbol.rawValue)' does not take \(a) and \(b)", at: offset)
    }

    private func integers(_ x: Int, _ y: Int) -> Items {
        let result: (partialValue: Int, overflow: Bool)
        switch symbol {
        case .plus: result = x.addingReportingOverflow(y)
        case .minus: result = x.subtractingReportingOverflow(y)
        case .times: result = x.multipliedReportingOverflow(by: y)
        case .div: result = x.dividedReportingOverflow(by: y)
        case .mod: result = x.remainderReportingOverflow(dividingBy: y)
        default: return decimals(ExactDecimal(x), ExactDecimal(y))
        }
        // An Integer has 32 bits; what needs more has no result.
        guard !result.overflow, Int32(exactly: result.partialValue) != nil else { return .none }
        return .one(.integer(result.partialValue))
    }

    private func decimals(_ x: ExactDecimal, _ y: ExactDecimal) -> Items {
        let result: ExactDecimal?
        switch symbol {
        case .plus: result = x + y
        case .minus: result = x - y
        case .times: result = x * y
        case .divide: result = x / y
        case .mod: result = ExactDecimal.remainder(x, y)
        default: return .item(ExactDecimal.quotient(x, y)?.integer.map { .integer($0) })
        }
        return .item(result.map { .decimal($0) })
    }

    private func quantities(_ x: Quantity, _ y: Quantity, _ evaluation: Evaluation) -> Quantity? {
        switch symbol {
        case .plus: evaluation.add(x, y, subtracting: false)
        case .minus: evaluation.add(x, y, subtracting: true)
        case .times: evaluation.multiply(x, y)
        default: evaluation.divide(x, y)
        }
    }

    /// Definite durations longer than weeks have no place in the calendar.
    private func shifted(_ temporal: Temporal, by quantity: Quantity) throws(FHIRPathError) -> Temporal? {
        let unit: CalendarUnit?
        switch quantity.unit {
        case .calendar(let calendar): unit = calendar
        // `1 'month'`, though no code of UCUM, was the specification's own way before calendar words.
        case .ucum(let code):
            unit = CalendarUnit(ucum: code).flatMap { $0.isIndefinite ? nil : $0 } ?? CalendarUnit.words[code]
        case .other: unit = nil
        }
        guard let unit, temporal.kind != .time || unit.isPartOfDay else {
            throw FHIRPathError(.wrongType, "no duration that can be added to a date or time", at: offset)
        }
        // Fractions of a unit do not count.
        guard let whole = quantity.value.rounded(to: 0, .towardZero), let count = Int(exactly: whole.significand) else {
            return nil
        }
        return temporal.adding(symbol == .minus ? -count : count, unit)
    }
}

/// The sign before a number.
final class NegationOperation: Operation {
    private let operand: any Operation
    private let isNegative: Bool
    private let offset: Int

    init(_ operand: any Operation, isNegative: Bool, at offset: Int) {
        self.operand = operand
        self.isNegative = isNegative
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try operand.values(scope)
        if items.isEmpty { return .none }
        guard items.count == 1 else { throw FHIRPathError(.notSingle, "a sign stands before one number", at: offset) }
        switch scope.evaluation.value(items[0]) {
        case .integer(let value): return .one(.integer(isNegative ? -value : value))
        case .decimal(let value): return .one(.decimal(isNegative ? -value : value))
        case .quantity(let value):
            return .one(.quantity(Quantity(value: isNegative ? -value.value : value.value, unit: value.unit)))
        default: throw FHIRPathError(.wrongType, "a sign stands before a number", at: offset)
        }
    }
}

/// `&`, to which nothing is an empty string.
final class ConcatenationOperation: Operation {
    private let left: any Operation
    private let right: any Operation
    private let offset: Int

    init(_ left: any Operation, _ right: any Operation, at offset: Int) {
        self.left = left
        self.right = right
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let text = try text(left, scope) + text(right, scope)
        try scope.evaluation.count(madeByteCount: text.utf8.count)
        return .one(.string(text))
    }

    private func text(_ operand: any Operation, _ scope: Scope) throws(FHIRPathError) -> String {
        let items = try operand.values(scope)
        if items.isEmpty { return "" }
        guard items.count == 1 else { throw FHIRPathError(.notSingle, "'&' joins single strings", at: offset) }
        // Other values count as their text, as R4's own invariants expect.
        guard let text = scope.evaluation.text(items[0]) else {
            throw FHIRPathError(.wrongType, "'&' joins strings", at: offset)
        }
        return text
    }
}
