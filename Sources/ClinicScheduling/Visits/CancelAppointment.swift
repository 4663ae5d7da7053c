package import Clinic
import FHIRDefinitions
import FHIRFormats
package import FHIRStore
import JSONTape

/// `POST /Appointment/[id]/$cancel`: gives the time back, with a reason.
///
/// Staff may cancel until the visit is fulfilled, once the patient has arrived only with a reason; patients until the
/// cut-off. The slots become free, unless another appointment that holds time uses them.
package struct CancelAppointment: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cancel", typeName: "Appointment", level: .instance, affectsState: true,
            documentation: "Cancels the appointment, or all that is left of its series, and frees the slots.",
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .patient, .proxy, .system],
            transition: .init(
                from: ["proposed", "waitlist", "pending", "booked", "arrived", "checked-in"], to: "cancelled"),
            events: ["appointment.cancelled"],
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.input, "by", 0, 1, "code", "patient or staff; decides which rules hold. Default staff."),
                .init(
                    .input, "series", 0, 1, "boolean",
                    "Whether the appointments of its series that are still to come are cancelled too."),
                .init(
                    .output, "return", 1, 1, "Resource",
                    "The appointment as it is now; a Bundle of them where a series was cancelled."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let stored = try work.instance
        let reason = work.parameters.concept("reason")
        let by = try work.parameters.code("by", CancelledBy.self) ?? .staff
        let rules = try await SchedulingRules(in: work.transaction)
        try Self.check(stored, reason: reason, by: by, rules, now: work.now)
        guard work.parameters.bool("series") else {
            return ClinicAnswer(try await Self.cancel(stored, reason: reason, work))
        }
        var saved = [try await Self.cancel(stored, reason: reason, work)]
        for other in try await Self.series(of: stored, work) {
            try Self.check(other, reason: reason, by: by, rules, now: work.now)
            saved.append(try await Self.cancel(other, reason: reason, work))
        }
        return ClinicAnswer(saved, base: work.call.base)
    }

    /// Cancels one appointment that is locked.
    static func cancel(_ stored: StoredResource, reason: [UInt8]?, _ work: ClinicWork) async throws -> SavedResource {
        var change = try await AppointmentChange(work, stored, to: "cancelled", slots: .freed)
        if let reason { change.edit.set("cancelationReason", json: reason) }
        guard let saved = try await change.apply().first else { throw StoreError(.fault, "nothing was written") }
        return saved
    }

    private static func check(
        _ stored: StoredResource, reason: [UInt8]?, by: CancelledBy, _ rules: SchedulingRules, now: Instant
    ) throws {
        let hasArrived = stored.status == "arrived" || stored.status == "checked-in"
        if by != .staff {
            if hasArrived {
                throw StoreError(
                    .businessRule, "the patient has arrived, so that only staff can cancel",
                    expression: "Appointment.status", details: "cut-off")
            }
            try CutOff.check(stored, rules, now: now)
        }
        if hasArrived, reason == nil {
            throw StoreError(
                .businessRule, "the patient has arrived, so that a reason has to be given",
                expression: "Parameters.parameter", details: "reason-required")
        }
    }

    /// The others of the series that are still to come, locked in the order of their ids.
    private static func series(of stored: StoredResource, _ work: ClinicWork) async throws -> [StoredResource] {
        let identifier = (stored.node["identifier"]?.items ?? []).first {
            $0["system"]?.string == AppointmentSeries.system
        }
        guard let value = identifier?["value"]?.string else {
            throw StoreError(
                .businessRule, "the appointment belongs to no series", expression: "Appointment.identifier",
                details: "no-series")
        }
        let found = try await work.search("Appointment", [("identifier", "\(AppointmentSeries.system)|\(value)")])
        let others = found.map(\.reference).filter { $0 != stored.reference }
        let locked = try await work.lock(all: others)
        return others.sorted().compactMap { locked[$0] }.filter { other in
            let isToCome = other.node["start"]?.string.flatMap { BookingTime($0) }.map { $0.instant > work.now } ?? true
            return isToCome && ["proposed", "waitlist", "pending", "booked"].contains(other.status)
        }
    }
}

/// Who cancels or moves an appointment.
enum CancelledBy: String, CaseIterable {
    case patient
    case staff
    /// An account of somebody who acts for the patient.
    case proxy
}

/// Up to when patients change their appointments themselves.
enum CutOff {
    static func check(_ stored: StoredResource, _ rules: SchedulingRules, now: Instant) throws {
        guard ["pending", "booked"].contains(stored.status), Hold.end(of: stored.node) == nil,
            let start = stored.node["start"]?.string.flatMap({ BookingTime($0) })
        else { return }
        let minutes = rules.integer(SchedulingRules.cutOffMinutes)
        if now.adding(minutes: minutes) > start.instant {
            throw StoreError(
                .businessRule, "patients change an appointment until \(minutes) minutes before it begins",
                expression: "Appointment.start", details: "cut-off")
        }
    }
}
