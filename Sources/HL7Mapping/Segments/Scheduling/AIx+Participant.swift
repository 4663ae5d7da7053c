internal import HL7Syntax

/// What AIS, AIG, AIL and AIP have in common: times relative to the appointment, status, action.
struct ScheduledResource {
    let segment: Segment
    /// AIG, AIL and AIP have it in different places.
    private let startField: Int

    init(_ segment: Segment) {
        self.segment = segment
        startField =
            switch segment.name {
            case "AIG": 8
            case "AIS": 4
            default: 6
            }
    }

    /// AIx-2, HL7 table 0206.
    var isRemoved: Bool { segment.code(2) == "D" }

    var status: String {
        let field = startField + 6
        return AppointmentStatusTable.participation(segment.code(field))
    }

    /// Start and end: AIx start, else the appointment's start with the offset; the duration behind it.
    func times(_ context: MappingContext, appointment: FHIRDateTime?) -> (start: FHIRDateTime?, end: FHIRDateTime?) {
        var start = context.dateTime(segment[field: startField])
        if start == nil, let offset = DurationMap.seconds(segment, startField + 1, units: startField + 2) {
            start = appointment?.adding(seconds: offset)
        }
        let duration = DurationMap.seconds(segment, startField + 3, units: startField + 4)
        return (start, duration.flatMap { start?.adding(seconds: $0) })
    }
}

/// A number and its unit of time: minutes where none is named.
enum DurationMap {
    static func seconds(_ segment: Segment, _ field: Int, units: Int) -> Int? {
        guard let number = Int(segment.text(field).cleaned) else { return nil }
        let unit =
            [1, 2].lazy.compactMap { segment[field: units][component: $0].value?.collapsed.uppercased() }
            .first { !$0.isEmpty } ?? "MIN"
        return factor(unit).map { number * $0 }
    }

    private static func factor(_ unit: String) -> Int? {
        switch unit {
        case "S", "SEC", "SECOND", "SECONDS": 1
        case "M", "MIN", "MINUTE", "MINUTES", "MINS": 60
        case "H", "HR", "HRS", "HOUR", "HOURS": 3600
        case "D", "DAY", "DAYS": 86_400
        default: nil
        }
    }
}

extension FHIRDateTime {
    /// So much later, at the same offset; nil for a date without time.
    func adding(seconds: Int) -> FHIRDateTime? {
        guard let instantSeconds, text.count >= 6 else { return nil }
        let zone = text.last == "Z" ? "+0000" : String(text.suffix(6).filter { $0 != ":" })
        guard
            let minutes = Int(zone.dropFirst().prefix(2)).flatMap({ hours in
                Int(zone.suffix(2)).map { hours * 60 + $0 }
            })
        else { return nil }
        let offset = (zone.first == "-" ? -60 : 60) * minutes
        let local = HL7Timestamp.utc(secondsSince1970: instantSeconds + seconds + offset).dropLast(5)
        return HL7Time(String(local) + zone).map { FHIRDateTime($0, defaultOffset: { offset }) }
    }
}
