/// Extensions of appointments, schedules and slots that scheduling gives a meaning.
package enum AppointmentExtension {
    /// When a hold or an offer ends; `valueDateTime` on an Appointment in `pending`.
    package static let expires = "urn:martlet:appointment-expires"
    /// The Schedule that an appointment without slots is of; `valueReference`.
    package static let schedule = "urn:martlet:appointment-schedule"
    /// That it is to be paid before it is confirmed; `valueBoolean`.
    package static let prepay = "urn:martlet:appointment-prepay"
    /// Why it was booked over another; `valueString`.
    package static let overbookReason = "urn:martlet:appointment-overbook-reason"
    /// The entry of the waitlist that an offer is made to; `valueReference`.
    package static let waitlistEntry = "urn:martlet:waitlist-entry"
    /// Days of the week that suit who waits; `valueCode`, repeated.
    package static let waitlistDay = "urn:martlet:waitlist-day"
    /// Why nobody came; `valueCodeableConcept`.
    package static let noShowReason = "urn:martlet:appointment-no-show-reason"
    /// That the patient was not to be told of the last move; `valueBoolean`.
    package static let silentMove = "urn:martlet:appointment-silent-move"
    /// Where a video visit takes place, as R5's Appointment.virtualService.
    /// https://hl7.org/fhir/R5/appointment-definitions.html#Appointment.virtualService
    package static let virtualService =
        "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService"
    /// How many appointments a Schedule takes at a time; `valuePositiveInt`.
    package static let capacity = "urn:martlet:schedule-capacity"
    /// How many minutes ahead one books at least; `valuePositiveInt` on a Schedule.
    package static let leadMinutes = "urn:martlet:schedule-lead-minutes"
    /// How many days ahead one books at most; `valuePositiveInt` on a Schedule.
    package static let horizonDays = "urn:martlet:schedule-horizon-days"
    /// A weekly plan of a Schedule.
    package static let availability = "urn:martlet:schedule-availability"
    /// What a time is blocked for; `valueCode` on a Slot.
    package static let blockKind = "urn:martlet:block-kind"
    /// IANA name of the zone of a Schedule, Location or Patient; `valueCode`.
    package static let timeZone = "http://hl7.org/fhir/StructureDefinition/timezone"
}
