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

    private static let words = "{date}, {time} and {link}, of a video visit, but nothing of what it is about"

    static let reminderOffsets = ClinicSetting(
        "appointment.reminder-offsets",
        "How many minutes ahead patients are reminded; whole days are counted by the calendar of the place.",
        standard: "[1440, 120]")
    static let reminderChannels = ClinicSetting(
        "appointment.reminder-channels", "By which channels: email, sms.", standard: #"["email", "sms"]"#)
    static let quietHours = ClinicSetting(
        "appointment.quiet-hours", "Hours without reminders, in the appointment's zone; empty for none.",
        standard: #""21:00-08:00""#)
    static let reminderText = ClinicSetting(
        "appointment.reminder-text", "What reminders say: \(words).",
        standard: #""You have an appointment on {date} at {time}.""#)

    static let videoRoom = ClinicSetting(
        "appointment.video-room",
        "Address of rooms for video visits of practitioners without one of their own; {room} stands for a new name.",
        standard: #""""#)
    static let remindsStaff = ClinicSetting(
        "appointment.remind-practitioners", "Whether practitioners are reminded too.", standard: "false")
    static let noticeChannels = ClinicSetting(
        "appointment.notice-channels",
        "By which channels changes of appointments are told; of those that people are equally reached by, the first.",
        standard: #"["email", "sms"]"#)
    static let messageSubject = ClinicSetting(
        "appointment.message-subject", "Subject of mail about appointments.", standard: #""Your appointment""#)
    static let bookedText = notice("booked", "The appointment on {date} at {time} is booked.")
    static let confirmedText = notice("confirmed", "The appointment on {date} at {time} is confirmed.")
    static let rescheduledText = notice("rescheduled", "The appointment was moved to {date} at {time}.")
    static let cancelledText = notice("cancelled", "The appointment on {date} at {time} is cancelled.")
    static let noShowText = notice("noshow", "The appointment on {date} at {time} was missed.")
    static let offeredText = notice(
        "offered", "An appointment on {date} at {time} is free for you: please answer soon.")

    private static func notice(_ what: String, _ text: String) -> ClinicSetting {
        ClinicSetting(
            "appointment.notice-\(what)-text",
            "What is said when an appointment is \(what): \(words); empty for nothing.",
            standard: "\"\(text)\"")
    }

    static let all = [
        remindsStaff, noticeChannels, messageSubject, bookedText, confirmedText, rescheduledText, cancelledText,
        noShowText, offeredText, videoRoom,
        reminderOffsets, reminderChannels, quietHours, reminderText, holdMinutes, offerMinutes, cutOffMinutes,
        graceMinutes, allowsOverbooking, prepayAfterNoShows, noShowMinutes,
        timeZone, longestSearchDays,
    ]

    private let values: [String: JSONNode]

    init(in transaction: StoreTransaction) async throws {
        values = try await SettingBoard.of(transaction.store).values { try await transaction.session.query($0) }
    }

    /// As they are now, where no transaction is needed.
    init(of store: FHIRStore) async throws {
        values = try await SettingBoard.of(store).values { try await store.database.read($0, SQLParameters()) }
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
}
