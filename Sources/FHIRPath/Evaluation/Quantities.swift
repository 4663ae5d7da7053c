import UCUM

/// Comparing and converting quantities (FHIRPath 2.0 §2.1.9, §6.1, §6.2).
extension Evaluation {
    /// -1, 0 or 1; nil if the units do not compare.
    func compare(_ left: Quantity, _ right: Quantity) -> Int? {
        if left.unit == right.unit { return ExactDecimal.compare(left.value, right.value) }
        guard let (a, b) = common(left, right, approximates: false) else { return nil }
        return ExactDecimal.compare(a, b)
    }

    /// Nil where a calendar's year or month meets a definite duration.
    func equal(_ left: Quantity, _ right: Quantity) -> Bool? {
        if let answer = compare(left, right) { return answer == 0 }
        return isOpen(left.unit, right.unit) ? nil : false
    }

    func equivalent(_ left: Quantity, _ right: Quantity) -> Bool {
        if left.unit == right.unit { return Self.equivalent(left.value, right.value) }
        guard let (a, b) = common(left, right, approximates: true) else { return false }
        return Self.equivalent(a, b)
    }

    /// Whether values of the two units can be compared at all.
    func areComparable(_ left: Quantity, _ right: Quantity) -> Bool {
        left.unit == right.unit || common(left, right, approximates: false) != nil
    }

    private func isOpen(_ left: Quantity.Unit, _ right: Quantity.Unit) -> Bool {
        func isIndefinite(_ unit: Quantity.Unit) -> Bool {
            if case .calendar(let unit) = unit { return unit.isIndefinite }
            return false
        }
        guard isIndefinite(left) || isIndefinite(right), let a = code(left), let b = code(right) else { return false }
        return units.comparable(a, b)
    }

    /// Both values in one unit; nil if there is none.
    ///
    /// - Parameter approximates: whether years and months of the calendar count as definite durations.
    private func common(
        _ left: Quantity, _ right: Quantity, approximates: Bool
    ) -> (ExactDecimal, ExactDecimal)? {
        if case .calendar(let a) = left.unit, case .calendar(let b) = right.unit {
            guard let x = Self.calendarFactor(a, b), let y = Self.calendarFactor(b, a),
                let first = left.value * ExactDecimal(x), let second = right.value * ExactDecimal(y)
            else { return nil }
            return (first, second)
        }
        if !approximates, isOpen(left.unit, right.unit) { return nil }
        guard let a = code(left.unit), let b = code(right.unit),
            let first = units.canonical(value: left.value.description, unit: a),
            let second = units.canonical(value: right.value.description, unit: b), first.unit == second.unit,
            let x = ExactDecimal(first.value), let y = ExactDecimal(second.value)
        else { return nil }
        return (x, y)
    }

    /// The unit as a code of UCUM; nil for units in words.
    func code(_ unit: Quantity.Unit) -> String? {
        switch unit {
        case .ucum(let code): code
        case .calendar(let unit): unit.ucum
        case .other: nil
        }
    }

    /// What a unit counts in the smallest that it shares with another: a year is 12 months, but also 365 days.
    private static func calendarFactor(_ unit: CalendarUnit, _ other: CalendarUnit) -> Int? {
        if unit.isIndefinite, other.isIndefinite { return unit == .year ? 12 : 1 }
        switch unit {
        case .year: return 365 * 86_400_000
        case .month: return 30 * 86_400_000
        case .week: return 7 * 86_400_000
        case .day: return 86_400_000
        case .hour: return 3_600_000
        case .minute: return 60_000
        case .second: return 1000
        case .millisecond: return 1
        }
    }

    /// The value in another unit; nil if it does not convert.
    func convert(_ quantity: Quantity, to unit: Quantity.Unit) -> Quantity? {
        if quantity.unit == unit { return quantity }
        guard let from = code(quantity.unit), let to = code(unit),
            let text = units.convert(value: quantity.value.description, from: from, to: to),
            let value = ExactDecimal(text)
        else { return nil }
        return Quantity(value: value, unit: unit)
    }

    // MARK: - Arithmetic

    /// Sum or difference in the left one's unit.
    func add(_ left: Quantity, _ right: Quantity, subtracting: Bool) -> Quantity? {
        guard let other = convert(right, to: left.unit),
            let value = subtracting ? left.value - other.value : left.value + other.value
        else { return nil }
        return Quantity(value: value, unit: left.unit)
    }

    func multiply(_ left: Quantity, _ right: Quantity) -> Quantity? {
        guard let value = left.value * right.value else { return nil }
        if right.unit == .one { return Quantity(value: value, unit: left.unit) }
        if left.unit == .one { return Quantity(value: value, unit: right.unit) }
        guard let a = code(left.unit), let b = code(right.unit) else { return nil }
        return Quantity(value: value, unit: .ucum("(\(a)).(\(b))"))
    }

    func divide(_ left: Quantity, _ right: Quantity) -> Quantity? {
        guard let value = left.value / right.value else { return nil }
        if right.unit == .one { return Quantity(value: value, unit: left.unit) }
        if left.unit == right.unit { return Quantity(value: value, unit: .one) }
        guard let a = code(left.unit), let b = code(right.unit) else { return nil }
        return Quantity(value: value, unit: .ucum("(\(a))/(\(b))"))
    }
}
