import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Stored slots of schedules that lie within certain times, locked.
struct SeriesSlots {
    private let book: SlotBook
    /// Slots that are the appointment's own already, which are free for it.
    private var own: Set<LocalReference> = []

    init(_ book: SlotBook, ownedBefore own: Set<LocalReference>) {
        self.book = book
        self.own = own
    }

    init(of schedules: [LocalReference], times: [RecurrenceRule.Time], in transaction: StoreTransaction) async throws {
        guard !schedules.isEmpty, !times.isEmpty else {
            book = SlotBook()
            return
        }
        var parameters = SQLParameters()
        parameters.append(textArray: schedules.map(\.text))
        parameters.append(int64Array: times.map(\.start.microsecondsSince1970))
        parameters.append(int64Array: times.map(\.end.microsecondsSince1970))
        let result = try await transaction.session.query(
            try transaction.store.statement(Self.statement), parameters)
        let found = (0..<result.rowCount).compactMap { row in result.string(row, 0).map { LocalReference("Slot", $0) } }
        book = try await SlotBook(known: found, in: transaction)
    }

    /// The free ones of one schedule within a time, if they fill it; none otherwise: then the time alone is booked.
    func slots(within time: RecurrenceRule.Time) -> SlotBook {
        for schedule in Set(book.entries.compactMap(\.schedule)).sorted() {
            let found = slots(of: schedule, within: time)
            if !found.entries.isEmpty { return found }
        }
        return SlotBook()
    }

    private func slots(of schedule: LocalReference, within time: RecurrenceRule.Time) -> SlotBook {
        let inside = book.entries.filter { entry in
            guard entry.schedule == schedule, entry.isFree || own.contains(entry.reference),
                let (start, end) = Self.range(entry)
            else { return false }
            return start >= time.start && end <= time.end
        }
        let length = inside.reduce(Int64(0)) { sum, entry in
            guard let (start, end) = Self.range(entry) else { return sum }
            return sum + end.microsecondsSince1970 - start.microsecondsSince1970
        }
        guard length == time.end.microsecondsSince1970 - time.start.microsecondsSince1970 else { return SlotBook() }
        return book.only(Set(inside.map(\.reference)))
    }

    private static func range(_ entry: SlotBook.Entry) -> (Instant, Instant)? {
        guard let start = entry.node["start"]?.string.flatMap({ BookingTime($0) }),
            let end = entry.node["end"]?.string.flatMap({ BookingTime($0) })
        else { return nil }
        return (start.instant, end.instant)
    }

    private static let statement = """
        SELECT s.id FROM @[Slot] s
        WHERE s.content -> 'schedule' ->> 'reference' = ANY ($1::text[]) AND EXISTS (
          SELECT FROM unnest($2::bigint[], $3::bigint[]) t (first, last)
          WHERE (s.content ->> 'start')::timestamptz >= 'epoch'::timestamptz + t.first * interval '1 microsecond'
            AND (s.content ->> 'end')::timestamptz <= 'epoch'::timestamptz + t.last * interval '1 microsecond')
        """
}
