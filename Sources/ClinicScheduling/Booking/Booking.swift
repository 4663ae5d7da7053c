import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Books or holds what a wish says: one round trip that reads and locks, one that writes.
///
/// 1. The slots are locked in the order of their ids; one that is not free is a 409.
/// 2. What the wish leaves open is filled in: times from the slots, actors from their schedules, the patients.
/// 3. Appointments and slots are written. Overlaps of any participant are found by the database itself.
struct Booking {
    let work: ClinicWork
    private(set) var wish: BookingWish
    private var slots = SlotBook()
    private var schedules = ScheduleBook()
    private var rules: SchedulingRules

    init(_ wish: BookingWish, _ work: ClinicWork) async throws {
        self.work = work
        self.wish = wish
        var statements: [(SQLStatement, SQLParameters)] = []
        if !wish.slots.isEmpty { statements.append(try SlotBook.lock(wish.slots, in: work.store)) }
        let readsSchedules = !wish.slots.isEmpty || !wish.schedules.isEmpty
        if readsSchedules {
            statements.append(
                try ScheduleBook.read(slots: wish.slots, schedules: wish.schedules, in: work.store))
        }
        let results = try await work.transaction.session.queries(statements)
        if !wish.slots.isEmpty { slots = try SlotBook(wish.slots, of: results[0]) }
        if readsSchedules { schedules = try ScheduleBook(results[results.count - 1]) }
        rules = try await SchedulingRules(in: work.transaction)
        if schedules.entries.contains(where: { $0.capacity > 1 }) { try await slots.recount(in: work.transaction) }
    }

    /// Does it; the appointments, one for each time of a series.
    func place() async throws -> [SavedResource] {
        if !wish.isOverbooked {
            for slot in slots.entries where !slot.isFree && !(wish.isHeld && slot.status == "busy-tentative") {
                throw StoreError.slotTaken("\(slot.reference.text) is not free", "Appointment.slot")
            }
        } else {
            try allowOverbooking()
        }
        var changes = ChangeSet(work)
        var draft = AppointmentDraft(wish.appointment, isStored: wish.stored != nil)
        try draft.setTimes(from: slots.entries)
        draft.addActors(of: schedules.entries)
        for patient in wish.patients { draft.addParticipant(patient) }
        for patient in try await patients(&changes) { draft.addParticipant(patient) }
        let status = try await status(of: draft)
        try draft.complete(wish, status: status, now: work.now)
        setExtensions(&draft, status)
        if VideoRoom.isVirtual(wish.appointment), wish.appointment.flatMap(VideoRoom.address) == nil {
            let room = try await VideoRoom.extensionJSON(for: draft.participants, rules, work)
            draft.setExtension(AppointmentExtension.virtualService, room)
        }
        if let start = draft.start { try schedules.check(start.instant, now: work.now, rules) }
        if let rule = wish.series { return try await placeSeries(draft, rule, status, &changes) }
        let reference: LocalReference
        if let stored = wish.stored {
            changes.update(stored, json: draft.bytes)
            reference = stored.reference
        } else {
            reference = changes.create(json: draft.bytes, type: "Appointment")
        }
        take(slots, for: status, in: &changes)
        return try await changes.apply().filter { $0.reference == reference }
    }

    // MARK: - Parts

    private func allowOverbooking() throws {
        guard rules.bool(SchedulingRules.allowsOverbooking) else {
            throw StoreError(.forbidden, "this clinic does not overbook", details: "not-allowed")
        }
        guard wish.overbookReason != nil || !wish.reasons.isEmpty else {
            throw StoreError(
                .businessRule, "overbooking takes a reason", expression: "Parameters.parameter",
                details: "reason-required")
        }
        work.transaction.session.prepend(Self.overbook)
    }

    /// Patients given as resources; those that are not known are created.
    private func patients(_ changes: inout ChangeSet) async throws -> [LocalReference] {
        var patients: [LocalReference] = []
        for resource in wish.patientResources {
            if let id = resource["id"]?.string, ResourceID.isValid(id) {
                let reference = LocalReference("Patient", id)
                if try await work.find(reference) != nil {
                    patients.append(reference)
                    continue
                }
            }
            patients.append(changes.create(json: resource.source, type: "Patient"))
        }
        return patients
    }

    private func status(of draft: AppointmentDraft) async throws -> String {
        if case .hold = wish.aim { return "pending" }
        if wish.isPrepaid { return "pending" }
        if let stored = wish.stored { try await Prepayment.require(for: stored, work) }
        let limit = rules.integer(SchedulingRules.prepayAfterNoShows)
        if limit > 0 {
            let patients = draft.participants.filter { $0.typeName == "Patient" }
            try await Prepayment.require(ofPatients: patients, afterNoShows: limit, work)
        }
        return "booked"
    }

    private func setExtensions(_ draft: inout AppointmentDraft, _ status: String) {
        if case .hold(let until, let setting) = wish.aim {
            let end = until ?? work.now.adding(minutes: rules.integer(setting))
            draft.setExtension(AppointmentExtension.expires, ExtensionJSON.time(AppointmentExtension.expires, end))
        } else if wish.stored != nil || wish.appointment?["extension"] != nil {
            draft.setExtension(AppointmentExtension.expires, nil)
        }
        if wish.isPrepaid {
            draft.setExtension(AppointmentExtension.prepay, ExtensionJSON.bool(AppointmentExtension.prepay, true))
        }
        if wish.isOverbooked {
            let mark = ExternalBooking.overbookExtension
            draft.setExtension(mark, ExtensionJSON.bool(mark, true))
            if let reason = wish.overbookReason {
                let url = AppointmentExtension.overbookReason
                draft.setExtension(url, ExtensionJSON.string(url, "valueString", reason))
            }
        }
        for (url, json) in wish.extensions { draft.setExtension(url, json) }
    }

    /// A slot of a group stays free until the last place is taken.
    private func take(_ slots: SlotBook, for status: String, in changes: inout ChangeSet) {
        let open = slots.entries.filter { slot in
            slot.holderCount + (wish.isHeld ? 0 : 1) < (schedules[slot.schedule]?.capacity ?? 1)
        }
        let full = slots.without(Set(open.map(\.reference)))
        if status == "booked" {
            full.change(["free", "busy-tentative"], to: "busy", in: &changes)
        } else {
            full.change(["free"], to: "busy-tentative", in: &changes)
        }
    }

    // MARK: - Series

    /// All times of the series, or none.
    private func placeSeries(
        _ first: AppointmentDraft, _ rule: RecurrenceRule, _ status: String, _ changes: inout ChangeSet
    ) async throws -> [SavedResource] {
        guard let start = first.start, let end = first.end, wish.stored == nil else {
            throw OperationParameters.invalid(
                "a series begins with an appointment that is not stored yet",
                at: work.parameters.place(of: "series"))
        }
        let zone = try await AppointmentZone.of(first.bytes, rules, in: work.transaction)
        let times = try await rule.times(
            from: start.instant, to: end.instant, zone: zone, in: work.transaction)
        let group = work.store.makeID()
        let matching = try await SeriesSlots(
            of: schedules.entries.map(\.reference), times: Array(times.dropFirst()), in: work.transaction)
        var appointments: [LocalReference] = []
        for (position, time) in times.enumerated() {
            var draft = first
            draft.addIdentifier(AppointmentSeries.system, group)
            if position > 0 {
                try schedules.check(time.start, now: work.now, rules)
                let slots = matching.slots(within: time)
                try draft.move(
                    to: BookingTime(time.start), BookingTime(time.end), slots: slots.entries.map(\.reference))
                take(slots, for: status, in: &changes)
            } else {
                take(slots, for: status, in: &changes)
            }
            appointments.append(changes.create(json: draft.bytes, type: "Appointment"))
        }
        let wanted = Set(appointments)
        return try await changes.apply().filter { wanted.contains($0.reference) }
    }

    private static let overbook = SQLStatement("SELECT set_config('\(HoldSQL.overbookParameter)', 'on', true)")
}

extension Instant {
    func adding(minutes: Int) -> Instant {
        Instant(microsecondsSince1970: microsecondsSince1970 + Int64(minutes) * 60_000_000)
    }
}
