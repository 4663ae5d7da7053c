import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Appointment/[id]/$schedule-reminders`: reminders of its own for an appointment, in place of the
/// clinic's usual ones.
struct ScheduleReminders: ClinicOperation {
    private enum Channel: String, CaseIterable {
        case email, sms
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "schedule-reminders", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: """
                Plans the reminders of an appointment as CommunicationRequests, at the times ahead that are given or \
                usual. They follow the appointment when it is moved or cancelled.
                """,
            roles: [.superadmin, .medicalAdmin, .registration, .system], events: [],
            parameters: [
                .init(.input, "offsets", 0, nil, "Duration", "How long ahead, in min, h, d or wk."),
                .init(.input, "channels", 0, nil, "code", "email or sms."),
                .init(.output, "return", 1, 1, "Bundle", "The CommunicationRequests that stand."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        try work.require(stored, in: ["pending", "booked"], to: "booked")
        let rules = try await SchedulingRules(in: work.transaction)
        let offsets = try offsets(work.parameters)
        let channels = work.parameters.texts("channels")
        guard channels.allSatisfy({ Channel(rawValue: $0) != nil }) else {
            throw OperationParameters.invalid("channels are email or sms", at: work.parameters.place(of: "channels"))
        }
        if !offsets.isEmpty || !channels.isEmpty {
            let usual = rules.node(SchedulingRules.reminderOffsets).items.compactMap(\.integer)
            let ways = rules.node(SchedulingRules.reminderChannels).items.compactMap(\.string)
            var parameters = SQLParameters()
            parameters.append(text: stored.reference.id)
            parameters.append(int32Array: (offsets.isEmpty ? usual : offsets).map { Int32($0) })
            parameters.append(textArray: channels.isEmpty ? ways : channels)
            _ = try await work.transaction.session.query(Self.keep, parameters)
        }
        let standing = try await ReminderPlan(work.transaction, rules).reconcile(stored.reference)
        var entries: [(fullURL: String?, json: [UInt8])] = []
        for reference in standing {
            let found = try await work.read(reference)
            entries.append(("\(work.call.base)/\(reference.text)", found.saved(in: work.store).json))
        }
        return ClinicAnswer(entries: entries)
    }

    private func offsets(_ parameters: OperationParameters) throws -> [Int] {
        let units = ["min": 1, "h": 60, "d": 1440, "wk": 10_080]
        return try parameters.nodes("offsets").map { node in
            guard let text = node["value"]?.numberText, let value = Int(text), (1...100_000).contains(value),
                let unit = units[node["code"]?.string ?? node["unit"]?.string ?? ""]
            else {
                throw OperationParameters.invalid(
                    "offsets are whole numbers of min, h, d or wk", at: parameters.place(of: "offsets"))
            }
            return value * unit
        }
    }

    private static let keep = SQLStatement(
        """
        INSERT INTO appointment_reminder_plan (appointment, minutes_ahead, channels)
        VALUES ($1::text, $2::int4[], $3::text[])
        ON CONFLICT (appointment) DO UPDATE
          SET minutes_ahead = excluded.minutes_ahead, channels = excluded.channels
        """)
}
