import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Appointment/$waitlist-offer`: offers a free time to somebody who waits, and holds it for a while.
struct OfferToWaitlist: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "waitlist-offer", typeName: "Appointment", level: .type, affectsState: true,
            documentation: """
                Offers a time to an entry of the waitlist; to the most urgent and then oldest that it suits, where \
                none is named. The offer is a pending Appointment that holds the time until it expires; an entry has \
                one at a time.
                """,
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .system],
            events: ["appointment.offered"],
            parameters: [
                .init(.input, "entry", 0, 1, "Reference", "The Appointment in waitlist."),
                .init(.input, "appointment-resource", 0, 1, "Appointment", "The time, as a proposal of $find."),
                .init(.input, "slot", 0, 1, "Reference", "The time, as a free Slot."),
                .init(.input, "expires", 0, 1, "dateTime", "Until when it stands; the setting says, if left out."),
                .init(.output, "return", 1, 1, "Appointment", "The offer."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        var wish = BookingWish()
        wish.appointment = parameters.resources("appointment-resource").first
        wish.slots = try parameters.references("slot", "Slot") + (wish.appointment.map(BookingWish.slots) ?? [])
        guard parameters.has("slot") != parameters.has("appointment-resource") else {
            throw OperationParameters.invalid("one of appointment-resource and slot is given")
        }
        wish.aim = .hold(until: try expiry(work), setting: SchedulingRules.offerMinutes)
        let entry = try await entry(work)
        // Locked, so that two offers to one entry are told apart.
        let offers = try await WaitlistOffer.standing(for: entry.reference, work)
        if let offer = offers.first {
            throw StoreError(
                .conflict, "\(offer.reference.text) is offered to this entry already", expression: "Appointment",
                details: "duplicate")
        }
        wish.patients = participants(of: entry).filter { $0.typeName == "Patient" }
        let url = AppointmentExtension.waitlistEntry
        wish.extensions = [(url, ExtensionJSON.reference(url, entry.reference))]
        var changes = ChangeSet(work)
        guard let saved = try await Booking(wish, work).place().first else {
            throw StoreError(.fault, "nothing was written")
        }
        changes.record("appointment.offered", saved.reference)
        try await changes.apply()
        return ClinicAnswer(saved)
    }

    func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] {
        try await Alternatives.ofBooking(call, declaration, in: store)
    }

    private func expiry(_ work: ClinicWork) throws -> Instant? {
        guard let text = work.parameters.text("expires") else { return nil }
        guard let time = BookingTime(text)?.instant, time > work.now else {
            throw OperationParameters.invalid(
                "expires is a time to come, with date and zone", at: work.parameters.place(of: "expires"))
        }
        return time
    }

    private func participants(of entry: StoredResource) -> [LocalReference] {
        (entry.node["participant"]?.items ?? []).compactMap { LocalReference($0["actor"]) }
    }

    /// The entry named, or the first by priority and age that waits without an offer.
    private func entry(_ work: ClinicWork) async throws -> StoredResource {
        if let named = try work.parameters.reference("entry", "Appointment") {
            let entry = try await work.lock(named)
            try work.require(entry, in: ["waitlist"], to: "booked")
            return entry
        }
        let waiting = try await work.search("Appointment", [("status", "waitlist")])
        let ranked = waiting.sorted { left, right in
            (left.node["priority"]?.integer ?? 5, left.node["created"]?.string ?? "", left.reference)
                < (right.node["priority"]?.integer ?? 5, right.node["created"]?.string ?? "", right.reference)
        }
        for candidate in ranked {
            guard try await suits(candidate, work),
                try await WaitlistOffer.standing(for: candidate.reference, work).isEmpty
            else { continue }
            let entry = try await work.lock(candidate.reference)
            if entry.status == "waitlist" { return entry }
        }
        throw StoreError(
            .businessRule, "nobody on the waitlist is waiting for this time", expression: "Parameters",
            details: "nobody-waiting")
    }

    /// By practitioner, window and day of the week.
    private func suits(_ entry: StoredResource, _ work: ClinicWork) async throws -> Bool {
        let proposal = work.parameters.resources("appointment-resource").first
        var actors = (proposal?["participant"]?.items ?? []).compactMap { LocalReference($0["actor"]) }
        var start = proposal?["start"]?.string.flatMap { BookingTime($0) }
        if let slot = try work.parameters.reference("slot", "Slot") {
            let stored = try await work.read(slot)
            start = stored.node["start"]?.string.flatMap { BookingTime($0) }
            if let schedule = stored.reference("schedule"), let found = try await work.find(schedule) {
                actors += (found.node["actor"]?.items ?? []).compactMap { LocalReference($0) }
            }
        }
        guard let start else { return true }
        let wanted = participants(of: entry).filter { $0.typeName != "Patient" }
        guard wanted.isEmpty || wanted.contains(where: { actors.contains($0) }) else { return false }
        let days = entry.node.extensionNodes(AppointmentExtension.waitlistDay).compactMap { $0["valueCode"]?.string }
        if !days.isEmpty, let date = CivilDate(start.text), !days.contains(AvailabilityPlan.days[date.weekday - 1]) {
            return false
        }
        return (entry.node["requestedPeriod"]?.items ?? []).allSatisfy { period in
            let first = period["start"]?.string.map { String($0.prefix(10)) } ?? ""
            let last = period["end"]?.string.map { String($0.prefix(10)) } ?? "9999"
            return first <= start.text.prefix(10) && start.text.prefix(10) <= last
        }
    }
}

/// Offers that stand: pending and not past their time.
enum WaitlistOffer {
    static func standing(for entry: LocalReference, _ work: ClinicWork) async throws -> [StoredResource] {
        let pending = try await work.search("Appointment", [("status", "pending")])
        return pending.filter { offer in
            let end = Hold.end(of: offer.node)
            return Self.entry(of: offer.node) == entry && (end.map { $0 > work.now } ?? true)
        }
    }

    static func entry(of offer: JSONNode) -> LocalReference? {
        LocalReference(offer.extensionNode(AppointmentExtension.waitlistEntry)?["valueReference"])
    }
}
