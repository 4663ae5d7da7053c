import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// A booking of a proposal without slots and schedules: whether its time is free is for the database to say, so that
/// nothing needs to be read and locked before it is written.
enum PlainBooking {
    /// Parameters of `$book` that take more than that.
    private static let others = [
        "appointment-reference", "slot", "patient-resource", "series", "prepay", "overbook",
    ]

    /// The booking; nil where it takes more.
    static func work(
        _ call: ClinicCall, _ parameters: OperationParameters, in store: FHIRStore
    ) async throws -> PlainWork? {
        let resources = parameters.resources("appointment-resource")
        guard resources.count == 1, !others.contains(where: parameters.has) else { return nil }
        var wish = BookingWish()
        wish.appointment = resources[0]
        guard BookingWish.slots(of: resources[0]).isEmpty, wish.schedules.isEmpty,
            !VideoRoom.isVirtual(resources[0])
        else { return nil }
        let rules = try await SchedulingRules(of: store)
        guard rules.integer(SchedulingRules.prepayAfterNoShows) == 0,
            !rules.bool(LicenceRule.requiresVerification)
        else { return nil }
        wish.addDetails(of: parameters)
        let now = store.clock().truncatedToMilliseconds
        var draft = AppointmentDraft(wish.appointment, isStored: false)
        try draft.setTimes(from: [])
        for patient in try parameters.references("patient-reference", "Patient") { draft.addParticipant(patient) }
        try draft.complete(wish, status: "booked", now: now)
        if resources[0]["extension"] != nil { draft.setExtension(AppointmentExtension.expires, nil) }
        if let start = draft.start { try ScheduleBook().check(start.instant, now: now, rules) }
        var work = PlainWork { ClinicAnswer($0, base: call.base) }
        work.create(json: draft.bytes, type: "Appointment", in: store)
        return work
    }
}
