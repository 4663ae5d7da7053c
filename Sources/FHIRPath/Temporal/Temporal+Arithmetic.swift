/// Adding durations (FHIRPath 2.0 §6.7).
extension Temporal {
    /// The value moved by a whole number of units; nil where that leaves the years 1 to 9999.
    ///
    /// A unit finer than the value's precision counts as often as it fills one of the value's own: a year is 12 months
    /// or 365 days, a month 30 days. A day that the month reached does not have becomes its last.
    func adding(_ amount: Int, _ unit: CalendarUnit) -> Temporal? {
        // Nothing beyond this keeps within the years, and smaller products fit 64 bits.
        guard abs(amount) <= 400_000_000_000_000 else { return nil }
        if kind == .time { return addingToTime(amount, unit) }
        switch (unit, precision) {
        case (.year, _): return addingMonths(amount * 12)
        case (.month, .year): return addingMonths(amount / 12 * 12)
        case (.month, _): return addingMonths(amount)
        case (.week, .year), (.day, .year): return addingMonths(Self.days(amount, unit) / 365 * 12)
        case (.week, .month), (.day, .month): return addingMonths(Self.days(amount, unit) / 30)
        case (.week, _), (.day, _): return addingDays(Self.days(amount, unit))
        case (_, .year): return addingMonths(Self.milliseconds(amount, unit) / 86_400_000 / 365 * 12)
        case (_, .month): return addingMonths(Self.milliseconds(amount, unit) / 86_400_000 / 30)
        case (_, .day): return addingDays(Self.milliseconds(amount, unit) / 86_400_000)
        default: return addingTime(Self.milliseconds(amount, unit))
        }
    }

    private static func days(_ amount: Int, _ unit: CalendarUnit) -> Int { unit == .week ? amount * 7 : amount }

    private static func milliseconds(_ amount: Int, _ unit: CalendarUnit) -> Int {
        switch unit {
        case .hour: amount.multiplied(by: 3_600_000)
        case .minute: amount.multiplied(by: 60_000)
        case .second: amount.multiplied(by: 1000)
        default: amount
        }
    }

    private func addingMonths(_ count: Int) -> Temporal? {
        let (newYear, newMonth) = (year * 12 + month - 1 + count).floorDivided(by: 12)
        guard 1...9999 ~= newYear else { return nil }
        var result = self
        result.year = newYear
        result.month = newMonth + 1
        result.day = min(day, Self.days(in: newMonth + 1, of: newYear))
        return result
    }

    private func addingDays(_ count: Int) -> Temporal? {
        guard abs(count) < 4_000_000 else { return nil }
        var result = self
        result.setDate(days: daysSince1970 + count)
        return 1...9999 ~= result.year ? result : nil
    }

    private func addingTime(_ milliseconds: Int) -> Temporal? {
        let whole = wholeUnits(milliseconds)
        let (days, rest) = (nanosecondsOfDay / 1_000_000 + whole).floorDivided(by: 86_400_000)
        guard var result = addingDays(days) else { return nil }
        result.setTime(nanoseconds: rest * 1_000_000 + nanosecondsOfDay % 1_000_000)
        if milliseconds % 1000 != 0 { result.fractionDigits = max(fractionDigits, precision == .second ? 3 : 0) }
        return result
    }

    /// Times of day go round at midnight.
    private func addingToTime(_ amount: Int, _ unit: CalendarUnit) -> Temporal? {
        guard [.hour, .minute, .second, .millisecond].contains(unit) else { return nil }
        let milliseconds = Self.milliseconds(amount, unit)
        let (_, rest) = (nanosecondsOfDay / 1_000_000 + wholeUnits(milliseconds)).floorDivided(by: 86_400_000)
        var result = self
        result.setTime(nanoseconds: rest * 1_000_000 + nanosecondsOfDay % 1_000_000)
        if milliseconds % 1000 != 0 { result.fractionDigits = max(fractionDigits, precision == .second ? 3 : 0) }
        return result
    }

    /// What the value's precision can take of a duration.
    private func wholeUnits(_ milliseconds: Int) -> Int {
        switch precision {
        case .hour: milliseconds / 3_600_000 * 3_600_000
        case .minute: milliseconds / 60_000 * 60_000
        default: milliseconds
        }
    }
}

extension Int {
    /// The product, or the greatest number there is.
    fileprivate func multiplied(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? (self < 0 ? -Int.max / 2 : Int.max / 2) : product
    }
}
