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

    static let all = [
        holdMinutes, offerMinutes, cutOffMinutes, graceMinutes, allowsOverbooking, prepayAfterNoShows, noShowMinutes,
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

    func integer(_ setting: ClinicSetting) -> Int { values[setting.name]?.integer ?? Int(setting.standard) ?? 0 }
    func bool(_ setting: ClinicSetting) -> Bool { values[setting.name]?.bool ?? (setting.standard == "true") }
    func text(_ setting: ClinicSetting) -> String {
        values[setting.name]?.string ?? setting.standard.filter { $0 != "\"" }
    }

    static let statement = SQLStatement(
        "SELECT name, value::text FROM clinic_setting WHERE name LIKE 'appointment.%'")
}
