import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// What a clinic may decide about its appointments, read at once.
package struct SchedulingRules: Sendable {
    static let holdMinutes = ClinicSetting(
        "appointment.hold-minutes", "How long a hold keeps its time where the call does not say, in minutes.",
        standard: "10")
    static let offerMinutes = ClinicSetting(
        "appointment.offer-minutes", "How long an offer to the waitlist keeps its time, in minutes.", standard: "60")
    static let cutOffMinutes = ClinicSetting(
        "appointment.cut-off-minutes",
        "Up to how many minutes before it begins a patient cancels or moves an appointment.", standard: "720")
    static let graceMinutes = ClinicSetting(
        "appointment.past-grace-minutes", "How many minutes ago an appointment that is booked now may have begun.",
        standard: "15")
    static let allowsOverbooking = ClinicSetting(
        "appointment.overbook-allowed", "Whether staff may book over what is taken.", standard: "true")
    static let prepayAfterNoShows = ClinicSetting(
        "appointment.prepay-after-no-shows",
        "From how many missed appointments on a patient pays before the next is confirmed; 0 for never.",
        standard: "0")
    static let noShowMinutes = ClinicSetting(
        "appointment.no-show-after-minutes",
        "How many minutes after its end a booked appointment that nobody came to becomes noshow; 0 for never.",
        standard: "0")
    static let timeZone = ClinicSetting(
        "appointment.time-zone", "IANA zone of schedules whose Location has none.", standard: #""UTC""#)
    static let longestSearchDays = ClinicSetting(
        "appointment.longest-search-days", "How many days $find looks at, at most.", standard: "92")

    static let reminderOffsets = ClinicSetting(
        "appointment.reminder-offsets", "How many minutes ahead patients are reminded.", standard: "[1440, 120]")
    static let reminderChannels = ClinicSetting(
        "appointment.reminder-channels", "By which channels: email, sms.", standard: #"["email", "sms"]"#)
    static let quietHours = ClinicSetting(
        "appointment.quiet-hours", "Hours without reminders, in the appointment's zone; empty for none.",
        standard: #""21:00-08:00""#)
    static let reminderText = ClinicSetting(
        "appointment.reminder-text", "What reminders say: {date} and {time}, nothing of what it is about.",
        standard: #""You have an appointment on {date} at {time}.""#)

    static let all = [
        reminderOffsets, reminderChannels, quietHours, reminderText, holdMinutes, offerMinutes, cutOffMinutes,
        graceMinutes, allowsOverbooking, prepayAfterNoShows, noShowMinutes,
        timeZone, longestSearchDays,
    ]

    private let values: [String: JSONNode]

    /// Reads the answer of `statement`.
    init(_ result: QueryResult) throws {
        var values: [String: JSONNode] = [:]
        for row in 0..<result.rowCount {
            guard let name = result.string(row, 0), let json = result.bytes(row, 1) else { continue }
            values[name] = JSONNode(try Document.parse(json))
        }
        self.values = values
    }

    init(in transaction: StoreTransaction) async throws {
        self = try Self(try await transaction.session.query(Self.statement))
    }

    /// As they are now, read where no transaction is needed.
    init(of store: FHIRStore) async throws {
        self = try Self(try await store.database.read(Self.statement, SQLParameters()))
    }

    func integer(_ setting: ClinicSetting) -> Int { values[setting.name]?.integer ?? Int(setting.standard) ?? 0 }
    /// A value of any kind; that of the standard where nothing is set.
    func node(_ setting: ClinicSetting) -> JSONNode {
        if let value = values[setting.name] { return value }
        // What stands in the program is JSON.
        guard let document = try? Document.parse(setting.standard) else { preconditionFailure(setting.name) }
        return JSONNode(document)
    }

    func bool(_ setting: ClinicSetting) -> Bool { values[setting.name]?.bool ?? (setting.standard == "true") }
    func text(_ setting: ClinicSetting) -> String {
        values[setting.name]?.string ?? setting.standard.filter { $0 != "\"" }
    }

    static let statement = SQLStatement(
        """
        SELECT name, value::text FROM clinic_setting
        WHERE name LIKE 'appointment.%' OR name = '\(LicenceRule.requiresVerification.name)'
        """)
}
