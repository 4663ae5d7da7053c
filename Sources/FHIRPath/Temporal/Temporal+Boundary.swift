/// The least and the greatest value that a partial one could be.
extension Temporal {
    enum Boundary { case low, high }

    /// The boundary with so many digits as `precision()` counts them; nil for numbers that stand for no precision of
    /// this kind. Without a zone the lowest is fourteen hours ahead of UTC, the highest twelve behind.
    func boundary(_ boundary: Boundary, digits: Int?) -> Temporal? {
        let isHigh = boundary == .high
        guard let (target, fraction) = target(digits) else { return nil }
        var result = self
        result.precision = target
        if precision < .month, target >= .month { result.month = isHigh ? 12 : 1 }
        if precision < .day, target >= .day {
            result.day = isHigh ? Self.days(in: result.month, of: year) : 1
        }
        if precision < .hour, target >= .hour { result.hour = isHigh ? 23 : 0 }
        // FHIR has no hours without minutes (R4 datatypes.html#dateTime), so 08 is 08:00 and not all of that hour.
        if precision < .minute, precision != .hour || kind == .time, target >= .minute {
            result.minute = isHigh ? 59 : 0
        }
        if precision < .second, target >= .second { result.second = isHigh ? 59 : 0 }
        result.fill(fraction: fraction, known: precision == .second ? fractionDigits : 0, isHigh: isHigh)
        if kind == .dateTime, target >= .hour, offsetMinutes == nil {
            result.offsetMinutes = isHigh ? -12 * 60 : 14 * 60
        }
        result.clear(below: target)
        return result
    }

    private mutating func fill(fraction: Int, known: Int, isHigh: Bool) {
        fractionDigits = fraction
        var unit = 1
        for _ in 0..<(9 - fraction) { unit *= 10 }
        if isHigh, known < fraction {
            var step = 1
            for _ in 0..<(9 - known) { step *= 10 }
            nanosecond += step - unit
        }
        nanosecond -= nanosecond % unit
    }

    /// The precision and the digits behind the seconds that a number of digits means.
    private func target(_ digits: Int?) -> (Precision, fraction: Int)? {
        let wanted = (digits ?? (kind == .date ? 8 : kind == .time ? 9 : 17)) + (kind == .time ? 8 : 0)
        switch wanted {
        case 4 where kind != .time: return (.year, 0)
        case 6 where kind != .time: return (.month, 0)
        case 8 where kind != .time: return (.day, 0)
        case 10 where kind != .date: return (.hour, 0)
        case 12 where kind != .date: return (.minute, 0)
        case 14 where kind != .date: return (.second, 0)
        case 17 where kind != .date: return (.second, 3)
        default: return nil
        }
    }
}
